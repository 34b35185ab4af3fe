"""Plain English: old words and endings go, names and numbers stay, a second pass changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twainbot.dataset.style.plain_english import (
    changed_share,
    compile_rules,
    is_dialect,
    plain_english,
    read_plain_english,
)
from twainbot.files import InputError
from twainbot.text.normalize import words

RULES = read_plain_english(Path(__file__).resolve().parents[3] / "data/lexicons/plain_english.yaml")


@pytest.mark.parametrize(
    ("ornate", "plain"),
    [
        ("'Tis late, and thou knowest it.", "It is late, and you know it."),
        ("He maketh a noise; she goeth by; it knoweth all.", "He makes a noise; she goes by; it knows all."),
        ("I call'd upon the physician.", "I called on the doctor."),
        ("She waited o'er an hour.", "She waited over an hour."),
        ("It broke; and so the ferry stayed at home.", "It broke, and so the ferry stayed at home."),
        ("The old rope broke; and so it was late.", "The old rope broke. So it was late."),
        ("The boat--a small one, mind you--sank at once.", "The boat--a small one--sank at once."),
        ("The boat sank--and he swam.", "The boat sank, and he swam."),
        ("He said--'Row!'", "He said, 'Row.'"),
        ("The boat--built by Noah--sank at once.", "The boat--built by Noah--sank at once."),
        ("It was, upon my word, a wet day!", "It was a wet day."),
        ("Of course, it rained.", "It rained."),
        ('"Straight down, sir," he said.', '"Straight down," he said.'),
        ("It was not entirely dry, I would rather swim.", "It wasn't entirely dry, I would rather swim."),
        ("Slowly and surely it sank, and so entirely.", "Slowly and surely it sank, and so entirely."),
        ("You must row, and thou must too.", "You must row, and you must too."),
        ("What a night it was! It rained!", "What a night it was! It rained."),
        ("A number of his ropes broke.", "Several of his ropes broke."),
        ("It was noon; the rope being cut, we ran.", "It was noon; the rope being cut, we ran."),
        ("He had perceived it.", "He had seen it."),
        ("It was an agreeable day and an extraordinary hour.", "It was a pleasant day and an unusual hour."),
        ("He apply'd to A and waited.", "He applied to A and waited."),
        ("As you first put us on it.", "As you first put us on it."),
        ("You ought to go, and they warn't late.", "You should go, and they weren't late."),
        ("The old rope broke at noon; which was too soon for us.",
         "The old rope broke at noon, which was too soon for us."),
        ("As you put us on it; and as he paid for it; it is fit to tell.",
         "As you put us on it, and as he paid for it, it is fit to tell."),
        ("It did fairly well, but it sank.", "It did fairly well, but it sank."),
        ("He went out, well knowing it was wet.", "He went out, well knowing it was wet."),
        ("The night was long,\nAnd cold the water ran.", "The night was long, and cold the water ran."),
        ("It had occurred to me.", "It had come to me."),
        ("He met Lady Hath at 9 ft. above the mud.", "He met Lady Hath at 9 ft. above the mud."),
    ],
)  # fmt: skip
def test_each_rule(ornate: str, plain: str) -> None:
    assert plain_english(ornate, RULES) == plain


def test_a_long_sentence_is_parted_at_its_middle() -> None:
    clause = "the captain walked up and down the wet deck with a lamp in his hand"
    assert plain_english(f"{clause}, and he {clause}.", RULES) == f"{clause}. He {clause}."


def test_a_clause_that_waits_for_its_sentence_is_not_parted() -> None:
    text = "It was late, but, as the ferry was gone, and he had lost both oars in the mud of the bay, we sat."
    assert plain_english(text, RULES) == text


@pytest.mark.parametrize(
    "text", ["I ain't wet.", "He didn't know nothing.", "They was a-rowing.", "I says no."]
)
def test_dialect(text: str) -> None:
    assert is_dialect(text)
    assert not is_dialect("He didn't know the way, and they were rowing.")


def test_a_text_of_asides_only_stays() -> None:
    assert plain_english("Verily, indeed!", RULES) == "Verily, indeed!"


_ENTRIES = st.sampled_from(sorted([*RULES.words, *RULES.phrases]))
_NAMES = st.sampled_from(["Quillfeather", "Tidewick", "Orcutt", "Vell", "Hath", "Verily"])
_NUMBERS = st.integers(0, 99999).map(str)
_MARKS = st.sampled_from(
    ["; ", ", ", "--", " (", ") ", ". ", "! ", "\n", "\n\n", " ", " ", " ", '" ', "? ", "'"]
)
_PLAIN = st.sampled_from(
    ["the", "ferry", "was", "late", "and", "he", "but", "goeth", "knowest", "pray", "well", "ran"]
)
_TEXTS = st.lists(st.tuples(st.one_of(_ENTRIES, _PLAIN, _NAMES, _NUMBERS), _MARKS), max_size=40).map(
    lambda parts: "".join(word + mark for word, mark in parts)
)


@given(st.one_of(_TEXTS, st.text(max_size=80)))
@settings(max_examples=300, deadline=None)
def test_never_empty_and_idempotent(text: str) -> None:
    plain = plain_english(text, RULES)
    assert bool(words(plain)) == bool(words(text))
    assert plain_english(plain, RULES) == plain


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_numbers_and_names_are_kept_in_their_order(text: str) -> None:
    kept = r"\d+|\b(?:Quillfeather|Tidewick|Orcutt|Vell)\b"
    assert re.findall(kept, plain_english(text, RULES)) == re.findall(kept, text)


def test_the_share_of_words_that_differ() -> None:
    # Four of five words are the same.
    assert changed_share("I went up the hill", "I went up a hill") == pytest.approx(0.2)
    assert changed_share("I do not row", "I don't row") == 0
    assert changed_share("a a a", "a") == pytest.approx(2 / 3)
    assert changed_share("", "") == 0
    assert changed_share("one", "") == 1


def test_all_problems_of_a_table_at_once() -> None:
    tables = {
        "words": {"hath": "has", "two words": "one"},
        "phrases": {"as it were": " ", "oh no": "hath been"},
    }
    with pytest.raises(InputError) as caught:
        compile_rules({**tables, "drop": [], "line_openers": [], "not_verbs": []})
    assert "as it were: becomes nothing" in str(caught.value)
    assert "oh no: becomes 'hath been', which holds the entry 'hath'" in str(caught.value)
    assert "two words: is no single word" in str(caught.value)
    with pytest.raises(InputError, match=r"phrases: needs a mapping(.|\n)*drop: needs a list of words"):
        compile_rules({"words": {}, "phrases": [], "drop": [True], "line_openers": [], "not_verbs": []})


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("words: []\n")
    with pytest.raises(InputError, match=r"rules\.yaml: words: needs a mapping"):
        read_plain_english(path)
    path.write_text("- a\n")
    with pytest.raises(InputError, match="expected a mapping of tables"):
        read_plain_english(path)
