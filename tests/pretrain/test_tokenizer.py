import pytest

from pretrain.common import TEMPLATE
from pretrain.pack import encode_prose, fill_bins
from pretrain.tokenizer import SPECIALS, train_bpe, wrap
from twainbot.modeling.chat_template import render

TEXTS = [
    "We went to Silchar today.",
    'The answer is {"location": "Silchar", "day": "today"}',
    "On 2026-11-21 we rest.",
] * 20


@pytest.fixture(scope="module")
def tokenizer():
    return wrap(train_bpe(iter(TEXTS), 320), TEMPLATE.read_text(encoding="utf-8"))


def test_special_tokens_come_first_and_padding_is_not_the_end_of_turn(tokenizer):
    assert tokenizer.convert_tokens_to_ids(SPECIALS) == list(range(8))
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (0, 4, 7)


@pytest.mark.parametrize("name", ["Silchar", "Bergen", "Örebro", "McKay"])
def test_a_name_has_the_same_tokens_in_a_sentence_and_in_json(tokenizer, name):
    name_ids = tokenizer(name, add_special_tokens=False)["input_ids"]
    for text in (f"in {name}?", f'"{name}"', f"{name}", f"\n{name}."):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert any(ids[i : i + len(name_ids)] == name_ids for i in range(len(ids))), text


def test_digits_are_single_tokens(tokenizer):
    ids = tokenizer("2026", add_special_tokens=False)["input_ids"]
    assert [tokenizer.decode(i) for i in ids] == ["2", "0", "2", "6"]


@pytest.mark.parametrize("text", ["a  b\n\n   C", "São Paulo ☂ 12", '{\n    "a": [1, 2]\n}', " Word's it's"])
def test_text_survives_the_round_trip(tokenizer, text):
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text


def test_one_bos_and_the_assistants_turn_marked(tokenizer):
    rendered = render(
        tokenizer, [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "today"}]
    )
    assert rendered.input_ids.count(0) == 1 and rendered.input_ids[0] == 0
    said = [i for i, m in zip(rendered.input_ids, rendered.assistant_mask, strict=True) if m]
    assert tokenizer.decode(said) == "today<|eot_id|>"


def test_prose_parts_open_with_bos_and_end_with_end_of_text(tokenizer):
    ids = encode_prose([{"paragraphs": ["We went.", "We rest.", "On."]}], tokenizer, part_characters=10)
    assert ids[0] == 0 and ids[-1] == 1 and ids.count(0) == ids.count(1) == 2


def test_bins_hold_every_row_once_and_none_overflows():
    lengths = [5, 3, 9, 11, 2, 7, 1, 10]
    bins = fill_bins(lengths, 10, open_bins=2)
    assert sorted(i for members in bins for i in members) == [0, 1, 2, 4, 5, 6, 7]
    assert all(sum(lengths[i] for i in members) <= 10 for members in bins)


@pytest.mark.parametrize("answer", ["Yes.", '{"a": 1}', "3 of them", "- one\n- two"])
@pytest.mark.parametrize("system", ["", "Be short."])
def test_the_prompt_of_an_answer_is_the_beginning_of_the_whole(tokenizer, answer, system):
    messages = [{"role": "system", "content": system}, {"role": "user", "content": "Go?"}]
    prompt = render(tokenizer, messages, add_generation_prompt=True).input_ids
    whole = render(tokenizer, [*messages, {"role": "assistant", "content": answer}])
    assert whole.input_ids[: len(prompt)] == prompt
    assert whole.assistant_mask[: len(prompt)] == [0] * len(prompt)
    assert all(whole.assistant_mask[len(prompt) :])
