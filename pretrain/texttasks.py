"""Work on a given text: copy, list, find, rewrite, shorten, put into JSON, describe."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.slots import WORDS, fill, value

TASKS: dict[str, Any] = load_data("tasks")
SENTENCES: list[str] = load_data("sentences")["sentences"]
Pair = tuple[str, str]


def sentence(rng: Random, known: dict[str, Any] | None = None) -> str:
    """One everyday sentence."""
    return fill(rng.choice(SENTENCES), rng, known)


def _join(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def copy_task(rng: Random) -> Pair:
    """Say again, exactly."""
    text = rng.choice(
        (sentence, lambda r: names.place(r), lambda r: names.code(r), lambda r: names.person(r))
    )(rng)
    ask = rng.choice(
        (
            "Repeat: {}",
            "Say this again: {}",
            "Copy the text: {}",
            "Repeat after me: {}",
            "Write exactly: {}",
            "Copy: {}",
            'Please repeat "{}"',
        )
    )
    return ask.format(text), text


def list_task(rng: Random) -> Pair:
    """Things of a kind, or those of a sentence, as a list."""
    if rng.random() < 0.5:
        group = rng.choice(
            (
                "animal",
                "food",
                "fruit",
                "room",
                "object",
                "colour",
                "job",
                "drink",
                "hobby",
                "plant",
                "clothing",
            )
        )
        count = rng.randint(2, 5)
        items = rng.sample(WORDS[group], count)
        plural = {"food": "kinds of food", "clothing": "pieces of clothing", "hobby": "hobbies"}.get(
            group, f"{group}s"
        )
        ask = rng.choice(
            (
                f"Name {count} {plural}.",
                f"List {count} {plural}.",
                f"Give me {count} {plural}.",
                f"Tell me {count} {plural}.",
            )
        )
    else:
        maker = rng.choice((names.place, names.first_name, lambda r: r.choice(WORDS["object"])))
        items = [maker(rng) for _ in range(rng.randint(2, 5))]
        ask = rng.choice(
            ("Make a list of these: {}.", "Put {} in a list.", "List {}.", "Write {} one below the other.")
        ).format(_join(items))
    if rng.random() < 0.6:
        return ask, "\n".join(f"- {i}" for i in items)
    return ask, ", ".join(items) + "."


def choose_task(rng: Random) -> Pair:
    """Find one thing in a short text."""
    known: dict[str, Any] = {"name": names.person(rng), "place": names.place(rng), "clock": names.clock(rng)}
    chosen = rng.choice(TASKS["questions"])
    question, answer = rng.choice(chosen["ask"])
    filled = fill(chosen["text"], rng, known)
    out = fill(answer, rng, known)
    ask = rng.choice(("{t} {q}", "Read this: {t}\n{q}", "{t}\n\n{q}", "Text: {t}\nQuestion: {q}")).format(
        t=filled, q=fill(question, rng, known)
    )
    return ask, (out[0].upper() + out[1:] + ".") if rng.random() < 0.7 else out


def rewrite_task(rng: Random) -> Pair:
    """The same sentence in another form."""
    kind = rng.randrange(5)
    known: dict[str, Any] = {"name": names.first_name(rng)}
    if kind == 0:
        a, b = (
            fill("{name}|{verb_past}|the {quality} {object}", rng, known).replace("|", " "),
            fill("The {quality} {object} was {verb_past} by {name}", rng, known),
        )
        return rng.choice((f"Turn this around: {a}.", f"Say it in the passive: {a}.")), _passive(b) + "."
    if kind == 1:
        text = sentence(rng, known)
        return rng.choice(("Write in capitals: {}", "Put this in big letters: {}")).format(text), text.upper()
    if kind == 2:
        text = fill("{name} likes {food} and {drink}", rng, known)
        return f"Make a question of this: {text}.", fill("Does {name} like {food} and {drink}?", rng, known)
    if kind == 3:
        text = fill("The {object} is {quality}", rng, known)
        return rng.choice((f"Say the contrary: {text}.", f"Deny this: {text}.")), fill(
            "The {object} is not {quality}.", rng, known
        )
    text = fill("i met {name} in the {place_kind} on {weekday}", rng, known)
    return f"Correct the letters: {text}", text[0].upper() + text[1:] + "."


def _passive(text: str) -> str:
    for past, participle in (("broke", "broken"), ("hid", "hidden")):
        text = text.replace(f"was {past} ", f"was {participle} ")
    return text


def summary_task(rng: Random) -> Pair:
    """A short text in one sentence."""
    known: dict[str, Any] = {"name": names.person(rng), "place": names.place(rng)}
    chosen = rng.choice(TASKS["summaries"])
    text = fill(chosen["long"], rng, known)
    ask = rng.choice(
        (
            "Summarise: {}",
            "Say this in one sentence: {}",
            "Make it shorter: {}",
            "What happened? {}",
            "In short: {}",
        )
    )
    return ask.format(text), fill(chosen["short"], rng, known)


def extract_task(rng: Random) -> Pair:
    """Parts of a sentence as JSON, under the keys that are asked for."""
    pattern, fields = rng.choice(TASKS["extract"])
    values: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in fields.split():
        kind = TASKS["fields"][name]["type"]
        if kind == "date":
            values[name], said[name] = names.date(rng)
        else:
            values[name] = value(kind, rng)
            said[name] = str(values[name])
    text = pattern.format_map(said)
    text = text[0].upper() + text[1:]
    wanted = fields.split()
    rng.shuffle(wanted)
    wanted = wanted[: rng.randint(1, len(wanted))]
    keys = [rng.choice(TASKS["fields"][w]["keys"]) for w in wanted]
    ask = rng.choice(
        (
            "Give me {k} as JSON: {t}",
            "Write {k} of this sentence as JSON. {t}",
            "{t}\nAnswer with JSON that has the keys {k}.",
            "Read the sentence and return JSON with {k}.\n{t}",
            "JSON with {k}: {t}",
        )
    ).format(k=_join(keys), t=text)
    return ask, json.dumps(dict(zip(keys, (values[w] for w in wanted), strict=True)), ensure_ascii=False)


def describe_task(rng: Random) -> Pair:
    """A short description."""
    known: dict[str, Any] = {}
    ask = fill(
        rng.choice(TASKS["describe"]["ask"]),
        rng,
        known,
    )
    subject = next((k for k in ("object", "place", "place_kind", "animal", "job") if k in known), "object")
    about = TASKS["describe"]["answers"][subject]
    answer = fill(rng.choice(about), rng, known)
    if rng.random() < 0.4:
        answer += " " + sentence(rng, known)
    return ask, answer
