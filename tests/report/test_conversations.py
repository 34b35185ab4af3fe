import pytest

from twainbot.report.conversations import Call, answer_turn, choose, kind_of, message_turn, printable, sample


@pytest.mark.parametrize("key", ["parameters", "arguments"])
def test_an_answer_that_is_a_call_in_full_is_laid_out(key):
    turn = answer_turn(f'{{"name": "get_weather", "{key}": {{"location": "Ulm", "days": 2}}}}')
    assert turn.calls == (Call("get_weather", (("location", '"Ulm"'), ("days", "2"))),)
    assert turn.text == ""


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "get_weather"}',
        '{"name": "get_weather", "parameters": {',
        "[1]",
        "7",
        '{"name": 3, "parameters": {}}',
        'Here: {"name": "f", "parameters": {}}',
        "",
    ],
)
def test_anything_else_is_text(text):
    turn = answer_turn(text)
    assert (turn.text, turn.calls) == (text, ())


def test_arguments_that_are_no_object_are_shown_as_they_are():
    assert answer_turn('{"name": "f", "parameters": [1]}').calls == (Call("f", (("", "[1]"),)),)
    assert answer_turn('{"name": "f", "parameters": "{oops"}').calls == (Call("f", (("", "{oops"),)),)


def test_messages_in_wire_form():
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": "b"}'}}
    assert message_turn({"role": "assistant", "content": None, "tool_calls": [call]}).calls == (
        Call("f", (("a", '"b"'),)),
    )
    assert message_turn({"role": "tool", "content": '{"t": 1}'}).text == '{\n "t": 1\n}'
    assert message_turn({"role": "tool", "content": "the wire is down"}).text == "the wire is down"


def test_control_characters_and_direction_overrides_do_not_reach_the_page():
    assert printable("a\x00b\x1b\u202ec\n\td\ud800") == "a\ufffdb\ufffd\ufffdc\n\td?"


def test_kinds():
    assert [kind_of(i) for i in ("style-001/twain", "call-17", "nocall-3")] == [
        "style/twain",
        "call",
        "nocall",
    ]


def test_prompts_are_shared_between_kinds_and_spread_within():
    ids = [f"a-{i}" for i in range(6)] + [f"b-{i}" for i in range(6)] + ["c-0"]
    assert choose(ids, 5) == ["a-0", "a-3", "b-0", "b-3", "c-0"]
    assert choose(ids, 100) == ids
    assert choose([], 5) == []


def test_only_prompts_that_all_have_answered():
    def rows(*ids):
        return [
            {"prompt_id": i, "messages": [{"role": "user", "content": "Hm?"}], "tools": None, "text": i}
            for i in ids
        ]

    found = sample({"base": rows("a-1", "a-2"), "combined": rows("a-2", "a-3")}, ("base", "combined"), 10)
    assert [c.prompt_id for c in found] == ["a-2"]
    assert list(found[0].answers) == ["base", "combined"]
    assert sample({}, ("base",), 10) == []
