import json

from pretrain.evaluate import PROBE, call_items, parse_call, score_calls
from pretrain.synthetic import make_rows


def test_only_a_bare_json_object_with_a_name_is_a_call():
    assert parse_call('{"name": "get_tides", "parameters": {}}') == {"name": "get_tides", "parameters": {}}
    assert parse_call('Here: {"name": "get_tides"}') is None
    assert parse_call('{"name": 3}') is None
    assert parse_call('{"name": "get_tides"') is None


def test_scores_count_each_step_of_a_call():
    items = call_items(4, seed=1, seen="")
    right = {"location": items[0]["place"], "date": items[0]["date"]}
    answers = [
        json.dumps({"name": "get_tides", "parameters": right}),
        json.dumps({"name": "get_tides", "parameters": {"location": "Elsewhere", "date": items[1]["date"]}}),
        json.dumps({"name": "rent_boat", "parameters": {"location": items[2]["place"]}}),
        "I do not know.",
    ]
    assert score_calls(answers, items) == {
        "items": 4,
        "json_call": 0.75,
        "right_tool": 0.5,
        "schema_valid": 0.5,
        "exact_place": 0.5,
        "exact_date": 0.5,
        "exact_call": 0.25,
    }


def test_places_that_training_saw_are_not_asked():
    first = call_items(1, seed=2, seen="")[0]["place"]
    assert all(i["place"] != first for i in call_items(5, seed=2, seen=f"a row about {first}"))


def test_no_training_row_offers_the_tool_of_the_probe():
    name = PROBE["tool"]["function"]["name"]
    assert all(name not in json.dumps(row) for row in make_rows(500, seed=17))
