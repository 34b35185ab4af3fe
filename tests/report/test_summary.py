from twainbot.report import summary


def row(evaluate, key):
    return next(r for r in summary.before_after(evaluate) if r.measure.key == key)


def test_gates_say_target_value_and_what_is_needed(evaluate):
    valid, restraint = summary.gates(evaluate)
    assert (valid.name, valid.verdict, valid.target, valid.value) == (
        "schema valid",
        "PASS",
        "at least 95.0 %",
        "97.0 %",
    )
    assert (restraint.interval, restraint.n, restraint.n_needed) == ("[86.0, 96.0]", "120", "1,400")
    assert valid.n_needed == "–"


def test_an_unknown_verdict_is_not_shown_as_a_pass():
    (gate,) = summary.gates({"gates": {"g": {"verdict": "great", "target": "none"}}})
    assert (gate.verdict, gate.target, gate.value) == ("INCONCLUSIVE", "none", "–")


def test_a_row_has_a_cell_for_every_adapter_and_difference_even_if_it_is_missing(evaluate):
    length = row(evaluate, "style_length")
    assert list(length.adapters) == ["base", "style", "combined"]
    assert length.adapters["base"].value == "–"
    assert list(length.differences) == ["style-base", "combined-base"]
    assert length.differences["combined-base"].reading == "lower"
    assert row(evaluate, "schema_valid").differences["combined-base"].reading == "better"
    assert row(evaluate, "restraint").differences["combined-base"].reading == "cannot tell"


def test_measures_are_in_the_order_of_the_table_with_unknown_ones_last(evaluate):
    assert [r.measure.key for r in summary.before_after(evaluate)] == [
        "schema_valid",
        "restraint",
        "style_twain",
        "style_length",
        "bits_per_byte",
        "perplexity",
        "made_up_measure",
    ]


def test_resolution_asks_for_more_items_only_where_nothing_can_be_told(evaluate):
    found = {r.measure.key: r for r in summary.resolution(evaluate)}
    assert (found["restraint"].difference_half_width, found["restraint"].n_to_decide) == (
        "± 4.0 points",
        "2,000",
    )
    assert (found["schema_valid"].n, found["schema_valid"].clusters) == ("120", "10")
    assert found["schema_valid"].n_to_decide == "–"
    assert found["perplexity"].reading == "–"


def test_headline(evaluate):
    assert summary.headline(evaluate) == [
        "Gates: 1 PASS, 1 INCONCLUSIVE.",
        "Against the base, the combined adapter is better on 3 measures and worse on 0; "
        "on 1 this sample cannot tell.",
    ]
    assert summary.headline({}) == []


def test_classifiers(evaluate):
    assert summary.classifiers(evaluate) == [("twain", ["0.710", "0.803", "0.770", "0.200", "3", "410", "9"])]
    assert summary.classifiers({"style_classifier": None}) == []


def test_an_empty_evaluation_is_empty_tables():
    assert summary.gates({}) == summary.before_after({}) == summary.resolution({}) == []
