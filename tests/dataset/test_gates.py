"""Every gate: rows that pass all of them, then one thing broken at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gaterows import (
    PERSONAS,
    REPORT,
    SEXUAL,
    SLUR,
    asks,
    babble,
    budgets,
    call,
    material,
    result,
    says,
    sound_rows,
)
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.gates.content import cut_answers
from twainbot.dataset.gates.form import form_problem
from twainbot.dataset.gates.result import GateResult, Offender
from twainbot.dataset.gates.suite import GATES, HEADER, check, table, text_table
from twainbot.dataset.gates.variety import distinct_2
from twainbot.evaluation.unsupported import unsupported

Mixes = dict[str, dict[str, list[Any]]]
# The first training row of each, and what it is an example of.
STYLE, TOOL_CALL, TOOL_ERROR = "style-train-0", "tool-train-2", "tool-train-4"


def row(mixes: Mixes, name: str) -> dict[str, Any]:
    """A row by id, as it is in all of its mixes."""
    return next(r for splits in mixes.values() for rows in splits.values() for r in rows if r["id"] == name)


def answer(mixes: Mixes, name: str, text: str) -> None:
    row(mixes, name)["messages"][-1]["content"] = text


def question(mixes: Mixes, name: str, text: str) -> None:
    row(mixes, name)["messages"][1]["content"] = text


def arguments(mixes: Mixes, value: str) -> None:
    row(mixes, TOOL_CALL)["messages"][2]["tool_calls"][0]["function"]["arguments"] = value


def of_all(mixes: Mixes, mix: str, change: Callable[[int, Any], None]) -> None:
    for rows in mixes[mix].values():
        for number, found in enumerate(rows):
            change(number, found)


# gate -> (what breaks it, the first offender, words of the reason)
BREAKS: dict[str, tuple[Callable[[Mixes], Any], str, str]] = {
    "counts": (lambda m: m["dapt"]["val"].pop(), "dapt/val", "1 rows, fewer than 2"),
    "split_share": (lambda m: m["style"]["test"].clear(), "style/test", "0.0% of the mix"),
    "families": (
        lambda m: m["dapt"]["test"][0].update(family=m["dapt"]["train"][0]["family"]),
        "text-test-0",
        "is in train as well",
    ),
    "format": (lambda m: row(m, STYLE)["messages"].reverse(), STYLE, "the first message is not the system's"),
    "schema": (lambda m: arguments(m, '{"unit": "kelvin"}'), TOOL_CALL, "get_weather: "),
    "grounded": (lambda m: answer(m, TOOL_CALL, "Paris has 31°C."), TOOL_CALL, "'31°C'"),
    "safety": (lambda m: question(m, STYLE, f"Is he {SLUR}?"), STYLE, "a listed slur"),
    "sexual": (lambda m: answer(m, STYLE, f"He {SEXUAL}."), STYLE, f"sexual content: {SEXUAL}"),
    "shared_words": (
        lambda m: answer(m, STYLE, f"{babble('style-test-0a')} but he added at least as much again to it."),
        STYLE,
        "shares words with style-test-0",
    ),
    "shared_copies": (
        lambda m: row(m, STYLE).update(messages=copy.deepcopy(row(m, "style-test-0")["messages"])),
        STYLE,
        "a copy of style-test-0: similarity 1.00",
    ),
    "evaluation": (lambda m: question(m, STYLE, babble("prompt")), STYLE, "shares words with prompt-1"),
    "duplicates": (
        lambda m: m["dapt"]["train"][1].update(text=m["dapt"]["train"][0]["text"].upper()),
        "text-train-1",
        "says what text-train-0 says",
    ),
    "dropped": (
        lambda m: m["dapt"]["train"][0].update(text=babble("long", 200)),
        "text-train-0",
        "202 tokens, more than 150",
    ),
    "answer_length": (lambda m: answer(m, STYLE, f"{babble('long', 61)}."), STYLE, "an answer of 61 tokens"),
    "cut_answers": (lambda m: answer(m, STYLE, "He went to the"), STYLE, "ends in mid-sentence"),
    "synthetic": (
        lambda m: of_all(m, "style", lambda n, r: r.update(origin="synthetic", generator="teacher")),
        "generator teacher",
        "16 rows",
    ),
    "persona_balance": (
        lambda m: of_all(m, "tools", lambda n, r: r["tags"].update(persona=PERSONAS[n % 4 == 0])),
        "persona twain",
        "of 16 rows",
    ),
    "persona_share": (
        lambda m: of_all(m, "style", lambda n, r: r["tags"].update(persona=PERSONAS[n < 4])),
        "persona franklin",
        "66.7% of the rows",
    ),
    "template_share": (
        lambda m: of_all(m, "style", lambda n, r: r.update(template_id=f"talk:{n}")),
        "template talk",
        "100.0% of the rows",
    ),
    "scenario_share": (
        lambda m: of_all(m, "tools", lambda n, r: r.update(template_id=f"plain:{n}")),
        "scenario no_call_smalltalk",
        "0.0% of the rows",
    ),
    "openings": (
        lambda m: [question(m, f"tool-train-{n}", f"I say, old man, how is it {n}?") for n in (0, 1, 2)],
        "tool-train-0",
        "3 conversations begin: i say old man how is",
    ),
    "diversity": (
        lambda m: of_all(m, "tools", lambda n, r: r["messages"][-1].update(content="That I do not know.")),
        '"not know"',
        "ends 10 of 10 answers",
    ),
    "pairs": (
        lambda m: m["prefs"]["train"][0].update(rejected=m["prefs"]["train"][0]["chosen"]),
        "pair-train-0",
        "chosen and rejected are the same",
    ),
    "flaws": (
        lambda m: m["prefs"].update(train=[r for r in m["prefs"]["train"] if r["flaw"] != "bland"]),
        "flaw bland",
        "0 rows",
    ),
}

# Most changes concern one gate alone; these cannot.
ALSO = {
    "counts": {"split_share"},
    "split_share": {"counts", "template_share"},
    "shared_copies": {"shared_words"},
    "persona_balance": {"persona_share", "counts"},
    "persona_share": {"counts"},
    "flaws": {"counts"},
}


def broken(mixes: Mixes) -> dict[str, GateResult]:
    return {result.name: result for result in check(material(mixes), budgets()) if not result.passed}


def test_sound_rows_pass_every_gate():
    results = check(material(sound_rows()), budgets())
    assert [result.name for result in results] == [*GATES]
    assert [result for result in results if not result.passed] == []


def test_every_gate_is_broken_here():
    assert [*BREAKS] == [*GATES]
    assert len(GATES) >= 14


@pytest.mark.parametrize("gate", BREAKS)
def test_a_broken_gate_names_itself_and_its_offender(gate):
    change, offender, why = BREAKS[gate]
    mixes = sound_rows()
    change(mixes)

    found = broken(mixes)

    assert gate in found
    assert found[gate].offenders[0].id == offender
    assert why in found[gate].offenders[0].why
    assert set(found) - {gate} <= ALSO.get(gate, set())


def test_a_malformed_row_does_not_stop_the_other_gates():
    mixes = sound_rows()
    del row(mixes, STYLE)["messages"]
    mixes["dapt"]["train"][0]["text"] = None
    mixes["prefs"]["train"][0]["prompt"] = "Hello"
    answer(mixes, TOOL_CALL, "Paris has 31°C.")

    found = broken(mixes)

    assert [o.id for o in found["format"].offenders] == ["text-train-0", STYLE, "pair-train-0", STYLE]
    assert [o.why for o in found["format"].offenders][:2] == [
        "missing, or of a wrong type: text",
        "missing, or of a wrong type: messages",
    ]
    assert [o.id for o in found["grounded"].offenders] == [TOOL_CALL]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside nested dictionaries and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


@given(st.sampled_from(["text-train-0", STYLE, TOOL_CALL, "pair-train-2"]), st.data())
def test_no_malformed_row_stops_the_gates(name, data):
    """Whatever stands in a row's place: a gate may fail, none ends in an exception."""
    mixes = copy.deepcopy(sound_rows())
    spoilt = row(mixes, name)
    path = data.draw(st.sampled_from(list(places(spoilt))))
    value = data.draw(st.sampled_from([None, 7, "", "x", [], {}, [None], [{}], {"x": None}, "DELETE"]))
    parent: Any = spoilt
    for key in path[:-1]:
        parent = parent[key]
    if value == "DELETE":
        del parent[path[-1]]
    else:
        parent[path[-1]] = copy.deepcopy(value)
    assert len(check(material(mixes), budgets())) == len(GATES)


def test_within_a_budget_rows_are_named_and_the_gate_passes():
    mixes = sound_rows()
    answer(mixes, STYLE, "He went to the")
    found = cut_answers(material(mixes), budgets(max_cut_share=0.2))
    assert found.passed
    assert found.value == 1 / 16
    assert found.offenders == (
        Offender(STYLE, "style/train", "the answer ends in mid-sentence", "He went to the"),
    )


@pytest.mark.parametrize(
    ("text", "persona", "cut"),
    [
        ("He went.", "twain", False),
        ('"He went!"', "twain", False),
        ("He went--", "twain", False),
        ("He went to the", "twain", True),
        ("He said:", "twain", True),
        ("The rose is red,\nthe violet blue,", "twain", False),
        ("It rained.\n\nHe went to the", "twain", True),
        ("Man Bites Dog", "satire", False),
        ("Words, words,", "hamlet", False),
    ],
)
def test_what_counts_as_cut(text, persona, cut):
    mixes = sound_rows()
    answer(mixes, STYLE, text)
    row(mixes, STYLE)["tags"]["persona"] = persona
    assert bool(cut_answers(material(mixes), budgets()).offenders) is cut


SYSTEM, USER, END = says("system", "Speak."), says("user", "Rain?"), says("assistant", "No.")
PARIS, DOWN = call({"location": "Paris"}), result({"error": "500"})
AGAIN, DOWN_AGAIN = call({"location": "Paris"}, number=2), result({"error": "500"}, 2)
THIRD, DOWN_THIRD = call({"location": "Paris"}, number=3), result({"error": "500"}, 3)


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([SYSTEM, USER, END], None),
        ([SYSTEM, USER, asks(PARIS), DOWN, END], None),
        ([SYSTEM, USER, asks(PARIS, AGAIN), DOWN, DOWN_AGAIN, END], None),
        ([SYSTEM, USER, asks(PARIS), DOWN, asks(AGAIN), DOWN_AGAIN, END], None),
        ([SYSTEM, USER, asks(PARIS), DOWN, END, USER, asks(AGAIN), DOWN_AGAIN, END], None),
        ([], "the first message is not the system's"),
        ([USER, END], "the first message is not the system's"),
        ([SYSTEM, USER], "the last message is not the assistant's answer"),
        ([SYSTEM, USER, SYSTEM, END], "message 2: a second system message"),
        ([SYSTEM, END], "message 1: an assistant's turn after 'system'"),
        ([SYSTEM, USER, USER, END], "message 2: a user's turn after 'user'"),
        ([SYSTEM, USER, END, END], "message 3: an assistant's turn after 'assistant'"),
        ([SYSTEM, says("user", " "), END], "message 1: no content"),
        ([SYSTEM, USER, {**END, "tool_calls": None}], "message 2: tool_calls is null"),
        ([SYSTEM, USER, {**END, "tool_calls": []}], "message 2: tool_calls that call nothing"),
        ([SYSTEM, USER, {**END, "role": "bot"}], "the last message is not the assistant's answer"),
        ([SYSTEM, USER, asks(PARIS), END], "message 3: call 'call00001' has no result"),
        ([SYSTEM, USER, asks(PARIS), DOWN_AGAIN, END],
            "message 3: tool_call_id 'call00002' answers no open call"),
        ([SYSTEM, USER, asks({**PARIS, "id": ""}), DOWN, END],
            "message 2: a call without id, type or function"),
        ([SYSTEM, USER, asks(call("[]")), DOWN, END], "message 2: arguments are no JSON object: []"),
        ([SYSTEM, USER, asks(call("{")), DOWN, END], "message 2: arguments are no JSON object: {"),
        (
            [SYSTEM, USER, asks(PARIS), DOWN, asks(AGAIN), DOWN_AGAIN, asks(THIRD), DOWN_THIRD, END],
            "message 6: the same call again and again",
        ),
    ],
)  # fmt: skip
def test_form_of_a_conversation(messages, problem):
    assert form_problem(messages, None) == problem


def test_arguments_as_an_object_are_not_the_wire_form():
    made = {**PARIS, "function": {"name": "get_weather", "arguments": {"location": "Paris"}}}
    problem = form_problem([SYSTEM, USER, asks(made), DOWN, END], None)
    assert problem == "message 2: arguments are no string; the wire form is JSON in a string"


def test_null_in_a_tool_s_definition_is_refused():
    tools = [{"function": {"name": "x", "parameters": {"type": "object", "enum": None}}}]
    assert form_problem([SYSTEM, USER, END], tools) == "a tool's definition holds null"


def test_a_preference_row_may_end_in_a_call():
    messages = [SYSTEM, USER, asks(PARIS)]
    assert form_problem(messages, None) == "the last message is not the assistant's answer"
    assert form_problem(messages, None, may_end_in_call=True) is None


REPORTED = result(REPORT)
TOMORROW = result({**REPORT, "high": 20, "low": 15, "temperature": 17, "condition": "sunny"}, 2)
ELSEWHERE = result({**REPORT, "location": "Paris, Texas"})
ELSEWHERE_AGAIN = result({**REPORT, "location": "Paris, Texas"}, 2)


@pytest.mark.parametrize(
    ("turns", "scenario", "blamed"),
    [
        ([asks(PARIS), REPORTED, says("assistant", "11°C and rain.")], "plain", []),
        ([asks(PARIS), REPORTED, says("assistant", "12°C and rain.")], "plain", ["12°C"]),
        # Of two reports, the one that was asked for last.
        ([asks(PARIS), REPORTED, END, USER, asks(AGAIN), TOMORROW, says("assistant", "20°C.")],
            "follow_up", []),
        ([asks(PARIS), REPORTED, END, USER, asks(AGAIN), TOMORROW, says("assistant", "11°C.")],
            "follow_up", ["11°C"]),
        # Without a new call, what was said before.
        ([asks(PARIS), REPORTED, END, USER, says("assistant", "11°C, I said.")], "plain", []),
        ([asks(PARIS), DOWN, says("assistant", "I have no report.")], "tool_error", []),
        ([asks(PARIS), DOWN, says("assistant", "It will rain.")], "tool_error", ["rain"]),
        ([asks(PARIS), REPORTED, END, USER, asks(AGAIN), DOWN_AGAIN, says("assistant", "11°C.")],
            "plain", ["11°C"]),
        ([asks(PARIS), ELSEWHERE, says("assistant", "That is the wrong Paris.")], "wrong_place", []),
        ([asks(PARIS), ELSEWHERE, says("assistant", "11°C.")], "wrong_place", ["11°C"]),
        # A retry that brought the right report.
        ([asks(PARIS), ELSEWHERE, asks(AGAIN), TOMORROW, says("assistant", "20°C.")], "wrong_place", []),
        ([asks(PARIS), ELSEWHERE, asks(AGAIN), TOMORROW, says("assistant", "11°C.")],
         "wrong_place", ["11°C"]),
        ([asks(PARIS), ELSEWHERE, asks(AGAIN), ELSEWHERE_AGAIN, says("assistant", "11°C.")],
         "wrong_place", ["11°C"]),
        # Another tool's results say nothing of the weather.
        ([asks(call({}, "find_recipe")), result({"oven": 180}), says("assistant", "180 degrees.")],
            "other", []),
        ([says("assistant", "It rained 40 days.")], "no_call_smalltalk", []),
    ],
)  # fmt: skip
def test_what_no_result_bears_out(turns, scenario, blamed):
    found = unsupported([SYSTEM, USER, *turns], scenario, "get_weather")
    assert [blame.near for blame in found] == blamed


def test_personal_data_and_slurs_in_arguments_count():
    mixes = sound_rows()
    arguments(mixes, '{"location": "mail me: jo@example.org"}')
    found = broken(mixes)["safety"].offenders
    assert found == (Offender(TOOL_CALL, "tools/train", "personal data", "jo@example.org"),)


def test_a_template_may_dominate_all_rows_though_not_those_trained_on():
    mixes = sound_rows()
    for split in ("val", "test"):
        for row in mixes["style"][split]:
            row["template_id"] = "talk:1"
    (offender,) = broken(mixes)["template_share"].offenders
    assert (offender.id, offender.where) == ("template talk", "style")


def test_rejected_continuations_may_be_ungrounded():
    mixes = sound_rows()
    pair = mixes["prefs"]["train"][1]
    assert pair["flaw"] == "ungrounded"
    pair["prompt"] += [asks(PARIS), DOWN]
    pair["rejected"] = [says("assistant", "It will be 31°C.")]
    assert broken(mixes) == {}
    pair["chosen"] = [says("assistant", "It will be 32°C.")]
    assert [o.why for o in broken(mixes)["grounded"].offenders] == ["'32°C': no call brought a report"]


def test_mixes_are_compared_with_each_other():
    """What a style row is tested on, the plain text before it may not hold."""
    mixes = sound_rows()
    mixes["dapt"]["train"][0]["text"] += " " + babble("style-test-0a")
    (offender,) = broken(mixes)["shared_words"].offenders
    assert (offender.id, offender.where) == ("text-train-0", "dapt/train")


def test_distinct_2():
    # a b, b a, a b | a b: two of four.
    assert distinct_2(["A b a b.", "a b"]) == 2 / 4
    assert distinct_2(["one", ""]) == 0


def test_the_table_is_aligned_and_says_what_failed():
    results = [
        GateResult("one", "rows of one kind", 3, "at most", 0, (Offender("x", "style/train", "why"),)),
        GateResult("another", "share of rows", 0.25, "at least", 0.2),
    ]
    rows = table({result.name: result.summary() for result in results})
    assert text_table(rows, HEADER) == (
        "gate     measured          value  budget        verdict  offenders\n"
        "one      rows of one kind  3      at most 0     FAIL     1\n"
        "another  share of rows     0.25   at least 0.2  PASS     0"
    )
