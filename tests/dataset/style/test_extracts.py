"""Questions that a text answers itself, and beginnings that can be gone on from."""

from __future__ import annotations

import pytest

from twainbot.dataset.style.extracts import opening, own_question

ANSWER = "A ferry is a bridge that has changed its mind and moved, and one pays it for that."


def test_a_question_with_its_answer() -> None:
    assert own_question(f"Rain. What is a ferry? {ANSWER}") == ("What is a ferry?", ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        f"What is it made of? {ANSWER}",  # of what?
        f"Is that so? {ANSWER}",
        f"Who the captain was? {ANSWER}",  # asks nothing by itself
        f"What could a ferry want? Yes, {ANSWER[0].lower()}{ANSWER[1:]}",  # answers something else
        "What is a ferry? A bridge.",
    ],
)
def test_what_asks_nothing_by_itself(text: str) -> None:
    assert own_question(text) is None


REST = "It had a bell, a lamp and a dog, and of these only the dog was ever seen to be on watch."


def test_a_beginning_and_what_follows() -> None:
    assert opening(f"The ferry was late again. {REST}") == ("The ferry was late again.", REST)
    # The first sentence that needs nothing before it.
    text = f"We spoke of this for days. The ferry was late again. {REST}"
    assert opening(text) == ("The ferry was late again.", REST)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry was late again. It sank.",
        f"Late again. {REST}",
        f'The ferry was late again." {REST}',
        f"'The ferry was late again. {REST}",
        f"The ferry was late again. {REST}'",
        'The captain spoke at last. "You may ask the dog, the bell or the lamp, and I would take the dog."',
    ],
)
def test_what_cannot_be_gone_on_from(text: str) -> None:
    assert opening(text) is None
