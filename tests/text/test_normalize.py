"""Typography, words and sentences."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.text.normalize import normalize, sentence_ends, sentences, spaced_words, words

# Characters that the normaliser treats, beside ordinary ones, so that they meet often.
TRICKY = (
    "‘’“”′″—–…‐\u00a0\u2003\u2028\u3000\u200b\u200d\ufeff\u00ad"
    "\x00\x0b\x0c\x1f\x7f\x85\x92\t\r\n \n -.\"'a\u0301e\u0338="
)
texts = st.text(st.sampled_from(TRICKY) | st.characters(exclude_categories=["Cs"]), max_size=60)
prose = st.lists(
    st.sampled_from(
        [
            "It",
            "rained.",
            "Mr.",
            "Dr.",
            "No.",
            "7.",
            "“Stop!”",
            "he",
            "said.",
            "I.",
            "J.",
            "Then",
            "a...",
            "(so?)",
            "e.g.",
        ]
    ),
    max_size=20,
)


@given(texts)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


PLAIN = st.lists(
    st.lists(st.text("abcXYZ019.,;:!?'\"()-&<>@", min_size=1, max_size=8), min_size=1, max_size=6).map(
        " ".join
    ),
    max_size=5,
)


@given(PLAIN.map("\n".join) | PLAIN.map("\n\n".join))
def test_clean_ascii_prose_is_left_alone(text: str) -> None:
    assert normalize(text) == text


MISREAD = st.lists(
    st.sampled_from(
        ["â€™", "Ã©", "Ã", "â", "€", "©", "\x9d", "Â\xa0", "ï»¿", "é", "”", "\xad", "e", " ", "\ud800"]
    ),
    max_size=8,
)


@given(MISREAD.map("".join))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


def runs(text: str) -> list[str]:
    """Runs of letters and digits, which no typography joins or parts."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))


@given(st.text(st.sampled_from("abcé7‘’“”—–…\u00a0\u2009\u2028\x0b\x0c\t\r\n -.\"'"), max_size=60))
def test_no_word_is_lost_or_joined_to_its_neighbour(text: str) -> None:
    assert runs(normalize(text)) == runs(text)


@given(texts)
def test_white_space_is_single_and_paragraphs_are_one_blank_line_apart(text: str) -> None:
    normal = normalize(text)
    assert not re.search(r"[^\S \n]|  | \n|\n |\n\n\n|^\s|\s$", normal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It’s—well…”", '"It\'s--well..."'),
        ("1850–1860", "1850-1860"),
        ("a\u00a0b\tc  d", "a b c d"),
        ("one \r\n two\r\rthree\n\n\n\nfour", "one\ntwo\n\nthree\n\nfour"),
        ("page\x0cbreak", "page break"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffbom", "softhyphen zerowidth bom"),
        ("cafe\u0301", "café"),
        ("the café…”", 'the café..."'),
        ("don\x92t", "don't"),
        ("one\x85two", "one...two"),
        # UTF-8 that was read as Windows-1252.
        ("Itâ€™s a â€œcafÃ©â€\x9d â€” naÃ¯ve", 'It\'s a "café" -- naïve'),
        ("“été”—“École”", '"été"--"École"'),
        ("ﬁne ｗｉｄｅ", "fine wide"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("right\u200fto\u202eleft\u2066", "righttoleft"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("nul\x00l", "null"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert normalize(text) == expected


def test_words() -> None:
    assert words("Don't STOP--o'clock, 'tis 42_x é!") == ["don't", "stop", "o'clock", "tis", "42", "x", "é"]
    assert words("... -- '") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. We left.", ["It rained.", "We left."]),
        ("Mr. Finch met Dr. Low. He bowed.", ["Mr. Finch met Dr. Low.", "He bowed."]),
        ("J. B. Orr wrote it.", ["J. B. Orr wrote it."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("Did he? No. He slept.", ["Did he?", "No.", "He slept."]),
        ("See No. 7. It is blue.", ["See No. 7.", "It is blue."]),
        ('"Stop!" he said. "Why?" "Rain."', ['"Stop!" he said.', '"Why?"', '"Rain."']),
        ("It was... nothing... Really.", ["It was... nothing...", "Really."]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(prose)
def test_joining_the_sentences_gives_the_text_back(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert " ".join(sentences(text)) == text


@given(texts.map(normalize))
def test_no_sentence_is_empty_and_none_is_lost(text: str) -> None:
    found = sentences(text)
    assert all(found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.lists(prose.map(" ".join).filter(bool), max_size=4).map("\n\n".join))
def test_sentence_ends_cut_the_text_without_loss_and_at_every_paragraph(text: str) -> None:
    ends = sentence_ends(text)
    assert ends == sorted(set(ends))
    assert "".join(text[a:b] for a, b in zip([0, *ends], ends, strict=False)) == text
    assert {m.start() for m in re.finditer("\n\n", text)} <= set(ends)


@given(st.text(st.sampled_from("abZ7'\"_-. \n\t\x1fßİ’")) | texts)
def test_words_are_runs_of_letters_and_digits_with_apostrophes_between(text: str) -> None:
    expected = re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower())
    assert words(text) == expected
    assert spaced_words(text).split() == expected
