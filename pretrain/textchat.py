"""Conversations without tools: everyday talk, small facts, work on a text, names and numbers into JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from pretrain import names
from pretrain.common import load_data
from pretrain.slots import WORDS, fill, value

TALK: list[dict[str, list[str]]] = load_data("talk")
FACTS: dict[str, Any] = load_data("facts")
SENTENCES: list[str] = load_data("sentences")["sentences"]
SYSTEMS: dict[str, list[str]] = load_data("sentences")
Pair = tuple[str, str]


def sentence(rng: Random, known: dict[str, Any] | None = None) -> str:
    """One everyday sentence."""
    return fill(rng.choice(SENTENCES), rng, known)


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
                    f"{_an(n).capitalize()} is {_an(row['k'])}. It lives {row['home']} and eats {row['eat']}.",
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
    texts = [
        (
            "{name} lives in {place} and works as a {job}.",
            [
                ("Where does {name} live?", "{place}"),
                ("Who lives in {place}?", "{name}"),
                ("What is the job of {name}?", "{job}"),
            ],
        ),
        (
            "{name} bought {food} and {food2} at the {place_kind}.",
            [
                ("What did {name} buy?", "{food} and {food2}"),
                ("Who bought {food}?", "{name}"),
                ("Where was {name}?", "at the {place_kind}"),
            ],
        ),
        (
            "The train to {place} leaves at {clock} on {weekday}.",
            [
                ("When does the train leave?", "{clock} on {weekday}"),
                ("Where does it go?", "{place}"),
                ("On which day?", "{weekday}"),
            ],
        ),
        (
            "On {weekday}, {name} lost a {colour} {object} in {place}.",
            [
                ("What did {name} lose?", "a {colour} {object}"),
                ("Where was it lost?", "in {place}"),
                ("When was it?", "on {weekday}"),
                ("Who lost it?", "{name}"),
            ],
        ),
        (
            "The {animal} of {name} is called {name2} and likes {food}.",
            [
                ("What is the {animal} called?", "{name2}"),
                ("What does it like?", "{food}"),
                ("Whose {animal} is it?", "{name}"),
            ],
        ),
        (
            "{name} paid {money} for the {quality} {object}.",
            [("How much did {name} pay?", "{money}"), ("What did {name} buy?", "the {quality} {object}")],
        ),
        (
            "The code of the {room} is {code}, said {name}.",
            [
                ("What is the code?", "{code}"),
                ("Who said it?", "{name}"),
                ("Which room is it?", "the {room}"),
            ],
        ),
        (
            "From {place} it is {big} steps to {place2}.",
            [
                ("How many steps is it?", "{big}"),
                ("Where does it begin?", "{place}"),
                ("Where does it end?", "{place2}"),
            ],
        ),
    ]
    text, questions = rng.choice(texts)
    question, answer = rng.choice(questions)
    filled = fill(text, rng, known)
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
    long, short = rng.choice(
        (
            (
                "{name} got up early, packed a {object} and took the {vehicle} to {place}. There {name} met a {job} and stayed until the {part_of_day}.",
                "{name} went to {place} by {vehicle} and met a {job}.",
            ),
            (
                "The {place_kind} in {place} was {quality}. People came from all sides, ate {food} and drank {drink}. Everybody was {pos_feeling}.",
                "People ate {food} at the {place_kind} in {place} and were {pos_feeling}.",
            ),
            (
                "{name} has a {animal}. It is {size} and {colour}. Every {part_of_day} it waits for {food}.",
                "{name} has a {size}, {colour} {animal} that likes {food}.",
            ),
            (
                "On {weekday} the {job} came to the house of {name}. The {object} was broken. After an hour it worked again.",
                "A {job} mended the {object} of {name} on {weekday}.",
            ),
            (
                "{name} wanted to learn {hobby}. At first it was hard. After a year in {place} it was easy.",
                "{name} learned {hobby} in {place}.",
            ),
            (
                "First {name} looked in the {room}, then in the {room2}. The {object} was not there. In the end it lay under the {object2}.",
                "{name} found the {object} under the {object2}.",
            ),
        )
    )
    text = fill(long, rng, known)
    ask = rng.choice(
        (
            "Summarise: {}",
            "Say this in one sentence: {}",
            "Make it shorter: {}",
            "What happened? {}",
            "In short: {}",
        )
    )
    return ask.format(text), fill(short, rng, known)


_FIELDS: dict[str, tuple[list[str], str]] = {
    "name": (["name", "person", "who"], "person"),
    "place": (["place", "town", "city", "location"], "place"),
    "date": (["date", "day", "when"], "date"),
    "time": (["time", "at"], "clock"),
    "code": (["code", "reference", "id"], "code"),
    "food": (["food", "dish"], "food"),
    "count": (["count", "number", "people"], "small"),
    "object": (["object", "item", "thing"], "object"),
    "colour": (["colour", "color"], "colour"),
}
_EXTRACT = [
    ("{name} comes to {place} {date}.", "name place date"),
    ("{name} will be in {place} {date} at {time}.", "name place date time"),
    ("{date}, {name} travels to {place}.", "name place date"),
    ("Order {code}: {count} portions of {food} for {name}.", "code count food name"),
    ("A {colour} {object} was found in {place}. Ask for {name}.", "colour object place name"),
    ("We meet in {place} at {time} {date}.", "place time date"),
    ("Please send the {object} to {name} in {place}.", "object name place"),
    ("{name} ordered {food} for {time}.", "name food time"),
    ("The code of {name} is {code}.", "name code"),
    ("In {place}, {count} people wait for {name}.", "place count name"),
    ("I want to go to {place} {date}.", "place date"),
    ("{place} {date}", "place date"),
    ("Is {place} nice {date}?", "place date"),
    ("{name} lives in {place}.", "name place"),
]


def extract_task(rng: Random) -> Pair:
    """Parts of a sentence as JSON, under the keys that are asked for."""
    pattern, fields = rng.choice(_EXTRACT)
    values: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in fields.split():
        kind = _FIELDS[name][1]
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
    keys = [rng.choice(_FIELDS[w][0]) for w in wanted]
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
        rng.choice(
            (
                "Describe a {object}.",
                "Describe {place}.",
                "Describe a {place_kind}.",
                "Describe a {animal}.",
                "Write two sentences about a {object}.",
                "Write something about {place}.",
                "Write about a {job}.",
            )
        ),
        rng,
        known,
    )
    subject = next((k for k in ("object", "place", "place_kind", "animal", "job") if k in known), "object")
    about = {
        "object": [
            "The {object} is {quality} and {colour}. It stands in the {room}.",
            "It is a {size} {object} of {colour} colour. My {family} uses it every {part_of_day}.",
            "A {quality} {object} is a good thing to have in the {room}.",
        ],
        "place": [
            "{place} is a {quality} town with a {place_kind} and a {place_kind2}. In {season} it is lovely.",
            "In {place} there is a {size} {place_kind}. People go there by {vehicle}.",
            "{place} lies near a {place_kind}. The people there like {hobby}.",
        ],
        "place_kind": [
            "The {place_kind} is {quality}. In the {part_of_day} one can see a {job} there.",
            "It is a {size} {place_kind} with a {colour} door. Many people come here in {season}.",
        ],
        "animal": [
            "The {animal} is {colour} and {size}. It likes {food} and sleeps in the {part_of_day}.",
            "A {animal} can be {feeling}. It runs {adverb} when it hears a {animal2}.",
        ],
        "job": [
            "A {job} works from the {part_of_day} on. The work is {quality2}, but it makes a {job} {pos_feeling}.",
            "The {job} carries a {object} and knows everybody in the {place_kind}.",
        ],
    }[subject]
    answer = fill(rng.choice(about), rng, known)
    if rng.random() < 0.4:
        answer += " " + sentence(rng, known)
    return ask, answer


TASKS: list[tuple[float, Callable[[Random], Pair]]] = [
    (0.26, talk),
    (0.14, fact),
    (0.10, copy_task),
    (0.06, list_task),
    (0.10, choose_task),
    (0.05, rewrite_task),
    (0.06, summary_task),
    (0.17, extract_task),
    (0.06, describe_task),
]


def system_prompt(rng: Random) -> str:
    """Half the time none, else a plain one or one that describes somebody (who still answers plainly)."""
    chance = rng.random()
    if chance < 0.45:
        return ""
    known: dict[str, Any] = {"place": names.place(rng), "name": names.person(rng)}
    text = fill(rng.choice(SYSTEMS["systems"] if chance < 0.7 else SYSTEMS["personas"]), rng, known)
    if rng.random() < 0.4:
        text += " " + fill(rng.choice(SYSTEMS["rules"]), rng, known)
    return text


def conversation(rng: Random) -> tuple[list[dict[str, Any]], str]:
    """One to three exchanges."""
    first = task = rng.choices([t for _, t in TASKS], [w for w, _ in TASKS])[0]
    messages: list[dict[str, Any]] = []
    turns = rng.choices((1, 2, 3), (0.6, 0.28, 0.12))[0]
    for _ in range(turns):
        question, answer = task(rng)
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        task = rng.choice((talk, fact, task))
    return messages, first.__name__
