"""Questions that need no tool: everyday talk and small facts."""

from __future__ import annotations

from random import Random
from typing import Any

from pretrain.common import load_data
from pretrain.slots import fill

TALK: list[dict[str, list[str]]] = load_data("talk")
FACTS: dict[str, Any] = load_data("facts")
Pair = tuple[str, str]


def talk(rng: Random) -> Pair:
    """A question and an answer that share the question's words."""
    block = rng.choice(TALK)
    known: dict[str, Any] = {}
    return fill(rng.choice(block["q"]), rng, known), fill(rng.choice(block["a"]), rng, known)


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def fact(rng: Random) -> Pair:
    """A question from a small table of knowledge."""
    kind = rng.choice(
        ("animal", "animal", "object", "object", "job", "opposite", "colour", "order", "meaning")
    )
    if kind == "animal":
        row = rng.choice(FACTS["animals"])
        n = row["n"]
        return rng.choice(
            (
                (f"What does {_an(n)} eat?", f"{_an(n).capitalize()} eats {row['eat']}."),
                (f"Where does {_an(n)} live?", f"{_an(n).capitalize()} lives {row['home']}."),
                (f"What sound does {_an(n)} make?", f"{_an(n).capitalize()} {row['say']}."),
                (
                    f"What is {_an(n)}?",
                    f"{_an(n).capitalize()} is {_an(row['k'])}. "
                    f"It lives {row['home']} and eats {row['eat']}.",
                ),
                (f"What is a young {n} called?", f"A young {n} is called {_an(row['young'])}."),
                (
                    f"Tell me about the {n}.",
                    f"The {n} is {_an(row['k'])}. It eats {row['eat']} and {row['say']}.",
                ),
            )
        )
    if kind == "object":
        row = rng.choice(FACTS["objects"])
        n = row["n"]
        return rng.choice(
            (
                (f"What is {_an(n)} for?", f"{_an(n).capitalize()} is used {row['use']}."),
                (f"What is {_an(n)} made of?", f"{_an(n).capitalize()} is made of {row['of']}."),
                (f"Where do I find {_an(n)}?", f"You often find {_an(n)} {row['at']}."),
                (
                    f"What is {_an(n)}?",
                    f"{_an(n).capitalize()} is a thing {row['use']}. It is made of {row['of']}.",
                ),
                (f"I need something {row['use']}.", f"Take {_an(n)}. It is {row['at']}."),
            )
        )
    if kind == "job":
        row = rng.choice(FACTS["jobs"])
        n = row["n"]
        return rng.choice(
            (
                (f"What does {_an(n)} do?", f"{_an(n).capitalize()} {row['does']}."),
                (f"Where does {_an(n)} work?", f"{_an(n).capitalize()} works {row['at']}."),
                (f"Who {row['does']}?", f"{_an(n).capitalize()} {row['does']}."),
                (
                    f"Describe the work of {_an(n)}.",
                    f"{_an(n).capitalize()} {row['does']} and works {row['at']}.",
                ),
            )
        )
    if kind == "opposite":
        one, other = rng.choice(FACTS["opposites"])
        if rng.random() < 0.5:
            one, other = other, one
        return rng.choice(
            (
                (f"What is the opposite of {one}?", f"The opposite of {one} is {other}."),
                (f"Opposite of {one}?", f"{other.capitalize()}."),
                (f"If it is not {one}, what is it?", f"Then it is {other}."),
            )
        )
    if kind == "colour":
        thing, colour = rng.choice(FACTS["colours"])
        verb = "is"
        return rng.choice(
            (
                (f"What colour {verb} {thing}?", f"{thing[0].upper()}{thing[1:]} {verb} {colour}."),
                (f"Which colour does {thing} have?", f"It is {colour}."),
            )
        )
    if kind == "order":
        rows = FACTS["order"][rng.choice(sorted(FACTS["order"]))]
        place = rng.randrange(len(rows) - 1)
        return rng.choice(
            (
                (
                    f"What comes after {rows[place]}?",
                    f"{rows[place + 1][0].upper()}{rows[place + 1][1:]} comes after {rows[place]}.",
                ),
                (
                    f"What comes before {rows[place + 1]}?",
                    f"{rows[place][0].upper()}{rows[place][1:]} comes before {rows[place + 1]}.",
                ),
            )
        )
    word, meaning = rng.choice(FACTS["meanings"])
    return rng.choice(
        (
            (f"What is {_an(word)}?", f"{_an(word).capitalize()} is {meaning}."),
            (f"What does the word {word} mean?", f"It means {meaning}."),
            (f"Explain {word}.", f"{word.capitalize()}: {meaning}."),
            (f"Which word means: {meaning}?", f"The word is {word}."),
        )
    )


def plain(rng: Random) -> Pair:
    """Any question that needs no tool."""
    return talk(rng) if rng.random() < 0.65 else fact(rng)
