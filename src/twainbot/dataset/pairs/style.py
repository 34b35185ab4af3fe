"""Answers that are right in content and wrong in voice: plain ones, and other personas'."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from twainbot.dataset.pairs.flawed import Flawed
from twainbot.dataset.style.nouns import word_company
from twainbot.dataset.style.topics import count_words, topic
from twainbot.dataset.tools.wording import LEAST, position_split
from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.records import Example, Message, Split
from twainbot.text.normalize import words

# The persona that is to be plain.
_PLAIN = "neutral"
# Of a request for a headline: the phrasings have no capital but the first.
_NAME = re.compile(r"(?<=[a-z:,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")
# The lists of sentences, and whether each of one names the topic.
_LISTS = {"opening": True, "body": False, "reply": False, "headline": True, "joke": True}
# Source of a row -> the lists that give the first sentence of its bland answer and the others.
_FORMS = {"post": ("headline", ""), "joke": ("joke", ""), "play": ("reply", "reply")}
_PROSE = ("opening", "body")
_FIRST = 3  # first sentences, of which the one nearest in length is taken
# Answers nearest in topic, of which the one nearest in length is taken.
_NEAREST = 8


def read_bland(path: Path) -> dict[str, list[str]]:
    """The sentences of data/prompts/bland.yaml.

    Raises:
        InputError: a list is missing, unknown or has fewer than ten sentences, a sentence holds braces other
            than {topic}, or an opening, headline or joke lacks it; all at once.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of lists, found {type(content).__name__}.")
    problems = [f"{path}: {name}: unknown list" for name in content if name not in _LISTS]
    for name in _LISTS:
        sentences = content.get(name)
        if not isinstance(sentences, list) or len(sentences) < LEAST:
            problems.append(f"{path}: {name}: needs a list of at least ten sentences")
            continue
        for number, sentence in enumerate(sentences):
            if not isinstance(sentence, str):
                problems.append(f"{path}: {name}[{number}]: expected a sentence, found {sentence!r}")
                continue
            slots = re.findall(r"[{}][^{}]*[{}]?", sentence)
            if slots != (["{topic}"] if _LISTS[name] else []):
                wanted = "{topic} once and no other braces" if _LISTS[name] else "no braces"
                problems.append(f"{path}: {name}[{number}]: {sentence!r} must hold {wanted}")
    if problems:
        raise InputError("\n".join([*problems, f"The lists are: {', '.join(_LISTS)}."]))
    return content


def of_split(sentences: Sequence[str], split: Split) -> list[str]:
    """The sentences of a split, by their positions."""
    return [text for number, text in enumerate(sentences) if position_split(number) == split]


def _asked(row: Example) -> str:
    return str(row["messages"][-2]["content"])


def _answer(row: Example) -> str:
    return str(row["messages"][-1]["content"])


class Bland:
    """A generic answer about the row's topic, as long as the row's own. None for the plain persona."""

    def __init__(
        self, rows: Sequence[Example], sentences: Mapping[str, Sequence[str]], split: Split, seed: int
    ) -> None:
        self._sentences = {name: of_split(texts, split) for name, texts in sentences.items()}
        self._frequencies = count_words([_asked(row) for row in rows])
        self._company = word_company(_answer(row) for row in rows)
        self._seed = seed

    def __call__(self, row: Example) -> Flawed | None:
        # A row without a source is a refusal or a plain answer: what it says is not a matter of voice.
        if row["tags"]["persona"] == _PLAIN or not row["parents"]:
            return None
        rng = random.Random(f"{self._seed}/bland/{row['id']}")
        about = self._topic(row)
        first, rest = _FORMS.get(row["tags"]["source"], _PROSE)
        about = about.title() if first == "headline" else about
        size = len(_answer(row))
        options = [text.format(topic=about) for text in self._sentences[first]]
        rng.shuffle(options)
        answer = min(options[:_FIRST], key=lambda text: abs(len(text) - size))
        body = [sentence for sentence in self._sentences.get(rest, ()) if sentence not in answer]
        rng.shuffle(body)
        for sentence in body:
            longer = f"{answer} {sentence}"
            if abs(len(longer) - size) < abs(len(answer) - size):
                answer = longer
        answer = answer[0].upper() + answer[1:]
        return Flawed(len(row["messages"]) - 1, Message(role="assistant", content=answer))

    def _topic(self, row: Example) -> str:
        asked = _asked(row)
        if row["template_id"] == "headline" and (name := _NAME.search(asked)):
            return name.group()
        found = topic(asked, self._frequencies, self._company)
        return found.general if found else "that"


class OutOfVoice:
    """Another persona's answer to a prompt of the same template, near in topic and in length."""

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        self._rows = rows
        self._seed = seed
        self._words = [frozenset(words(f"{_asked(row)} {_answer(row)}")) for row in rows]
        self._index: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._of_template: defaultdict[str, list[int]] = defaultdict(list)
        self._frequencies: Counter[str] = Counter()
        for number, (row, found) in enumerate(zip(rows, self._words, strict=True)):
            self._of_template[row["template_id"]].append(number)
            self._frequencies.update(found)
            for word in found:
                self._index[row["template_id"], word].append(number)

    def __call__(self, row: Example) -> Flawed | None:
        template, persona = row["template_id"], row["tags"]["persona"]
        own = frozenset(words(f"{_asked(row)} {_answer(row)}"))
        alike: Counter[int] = Counter()
        for word in own:
            # Words that one row in fifty has say nothing of the topic.
            if self._frequencies[word] <= max(2, len(self._rows) // 50):
                weight = math.log(len(self._rows) / self._frequencies[word])
                for number in self._index[template, word]:
                    # Long texts share more words by chance.
                    alike[number] += round(1000 * weight / math.sqrt(len(self._words[number])))
        numbers = alike.keys() or self._of_template[template]
        others = [number for number in numbers if self._rows[number]["tags"]["persona"] != persona]
        others.sort(key=lambda number: (-alike[number], self._rows[number]["id"]))
        if not others:
            return None
        nearest = others[:_NEAREST] if alike else others
        size = len(_answer(row))
        best = self._rows[min(nearest, key=lambda n: abs(len(_answer(self._rows[n])) - size))]
        message = Message(role="assistant", content=_answer(best))
        return Flawed(len(row["messages"]) - 1, message, (best["id"],))
