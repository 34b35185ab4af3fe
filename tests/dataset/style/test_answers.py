"""Answers: whole sentences that need nothing before them, and nothing that nobody says."""

from __future__ import annotations

import pytest
from builders import n_words
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.style.answers import cut_answer, items, not_prose, whole_sentences
from twainbot.text.normalize import words

TEXT = st.lists(
    st.lists(st.integers(1, 8).map(lambda n: " ".join(["Rain"] * n) + "."), min_size=1, max_size=4).map(
        "\n".join
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)


@given(TEXT, st.integers(1, 40))
def test_an_answer_is_the_longest_beginning_that_fits(text: str, budget: int) -> None:
    answer = cut_answer(text, n_words, budget)
    if answer is None:
        assert n_words(text.split(".")[0]) > budget
        return
    assert text.startswith(answer)
    assert n_words(answer) <= budget
    assert answer.endswith(".")
    rest = text.removeprefix(answer)
    if rest:
        assert n_words(answer) + n_words(rest.split(".")[0]) > budget
    assert set(words(answer)) <= set(words(text))


_PIECES = st.lists(
    st.sampled_from(
        ["The rain fell.", "And it fell.", "but why?", '"So he said."', "The rain,", "It did!", "\n\n"]
    ),
    max_size=8,
).map(" ".join)


@given(_PIECES)
def test_whole_sentences_are_part_of_the_text_and_begin_and_end_as_sentences(text: str) -> None:
    answer = whole_sentences(text)
    if answer is not None:
        assert answer in text
        assert whole_sentences(answer) == answer
        assert answer.lstrip('"')[0].isupper()
        assert answer.rstrip('"')[-1] in ".!?"
        assert not answer.startswith(("And", '"So'))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("and went home. He slept.", "He slept."),
        ("But he went. He slept, and", None),
        ("He slept. He woke, and", "He slept."),
        ("He slept.\n\nI am, Sir, your humble friend,", "He slept."),
        ("So it went on and on", None),
        ("", None),
    ],
)
def test_what_is_cut_off(text: str, whole: str | None) -> None:
    assert whole_sentences(text) == whole


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The rain fell.", None),
        ("Write to [name] at once.", "placeholder"),
        ("DEAR SIR,\nThe rain fell.", "header"),
        ("CHAPTER IV.\nThe rain fell.", "header"),
        ("THE RAIN IN THE HILLS. It fell.", "header"),
        ("* See the other volume.", "footnote"),
        ("See it (a) above the rain.", "footnote"),
        ("[*Footnote: a story of the rain that was borrowed from another book.] It fell.", "footnote"),
        ("So it is in the letter, p.", "footnote"),
        ("Lay the wire at B, and touch C, which is the end.", "diagram"),
        ("48. When fire strikes, it burns.", "numbered"),
        ("Reverend Sir,\n\nI thank you for the rain.", "letter"),
        ("I am your obedient servant.", "letter"),
        ("1, 22, 333, 4444 lamps.", "table"),
        ("As in the third experiment, the ball fell.", "elsewhere"),
        ("The before-mentioned ferry sank.", "elsewhere"),
        ("The following letter came by the ferry.", "elsewhere"),
        ("Of experiment IV I know nothing.", "elsewhere"),
        ("The ferry sank in the last storm.", None),
        ("She said:\n\nThe ferry sank.", "gap"),
        ('She said:\n\n"The ferry sank."', None),
        ("The ferry sank.--A Boatman's Calendar.", "signed"),
        ('He said "Row!"--A Boatman\'s Calendar. He rowed.', "signed"),
        ("The Editor regrets the rain.", "editor"),
        ("[Editor's Note, added later: the gauge was found in a well.]", "editor"),
        ("My dear friend,--It rained.", "header"),
        ("The Rev. Mr.---- rowed.", "placeholder"),
        ("8thly, the rod is bent.", "numbered"),
        ("Pay at the ferry. 5.", "numbered"),
        ("It has the form of FIG.", "footnote"),
        ("1701 Is born in the town of Vell, beside the ferry. 1709 Goes to sea with his hat.", "chronology"),
        ("In 1701 he was born in the town of Vell, beside the ferry.", None),
        ('First Voice.--"A hat!"\nAll.--"Two hats!"', "script"),
        ("I went, Of all the men, The wettest, And I slept.", "verse"),
        ("Hats for Men. Hats of Straw. Two Dozen Ropes. I sell them.", "list"),
        ('"Sail ho!"\n\n"Where away?"\n\n"Off Vell!"', None),
        ('"The rain fell.', "open_quote"),
        ('I went," he said. "It rained', "open_quote"),
        ("The rain) fell.", "open_bracket"),
    ],
)
def test_what_nobody_says(text: str, reason: str | None) -> None:
    assert not_prose(text) == reason


def test_a_list_of_sayings_gives_those_that_are_whole() -> None:
    assert items("A hen lays.\n\nA dog barks.\n\nand a cat.\n\nA rod, bent") == [
        "A hen lays.",
        "A dog barks.",
    ]
    assert items("A hen lays.\n\nA dog barks.") == []
    assert items("A hen lays.\n\nA dog barks. It is loud.\n\nA cat.") == []
