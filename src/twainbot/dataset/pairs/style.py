"""Answers that are right in content and wrong in voice: the same said plainly, and other personas'."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twainbot.dataset.pairs.flawed import Flawed
from twainbot.dataset.style.plain_english import PlainEnglish, changed_share, is_dialect, plain_english
from twainbot.dataset.tools.wording import LEAST, position_split
from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.records import Example, Message, Split
from twainbot.text.normalize import words

# The persona that is to be plain.
_PLAIN = "neutral"
# The lists of sentences, and whether each of one names the topic.
_LISTS = {"reply": False, "headline": True, "joke": True}
# Source of a row -> the list that its bland answer is made of.
_FORMS = {"post": "headline", "joke": "joke", "play": "reply"}
# Templates of prose whose answer can be said plainly. An imitation's plain text is the question: whoever
# prefers the answer to it may only have learnt not to repeat the user.
_TOLD = ("talk", "question", "continue", "weather", "humour")
_LEAST_WORDS = 20  # of an answer that is said plainly; in fewer there is little to tell the two apart
_FIRST = 3  # first sentences, of which the one nearest in length is taken
# Answers nearest in topic, of which the one nearest in length is taken.
_NEAREST = 8
# Templates whose questions name what the answer is about.
_ABOUT = ("talk", "question", "weather", "humour", "maxim", "headline", "joke")
# Words of more rows than this, or than one in fifty, say nothing of the topic.
_COMMON = 20
_SHORT = 3  # letters of a word that may stand for anything: new, man, two
# Heroes of one author: neither is out of the other's voice.
_ALIKE = {"hamlet", "macbeth"}
_SMALL = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with"}


def read_bland(path: Path) -> dict[str, list[str]]:
    """The sentences of data/prompts/bland.yaml.

    Raises:
        InputError: a list is missing, unknown or has fewer than ten sentences, a sentence holds braces other
            than {topic}, or a headline or joke lacks it; all at once.
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


class Topics:
    """What a user asks about, read back from the phrasing that asked it.

    Args:
        phrasings: of each template, as in data/prompts/instruct.yaml.
    """

    def __init__(self, phrasings: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {
            template: [_pattern(phrasing) for phrasing in phrasings.get(template, ())] for template in _ABOUT
        }

    def __call__(self, row: Example) -> str | None:
        """All that the phrasing was filled with; None if the user was not asked with one."""
        matches = [pattern.fullmatch(_asked(row)) for pattern in self._patterns.get(row["template_id"], ())]
        filled = [" and ".join(match.groups()) for match in matches if match]
        return min(filled, key=len, default=None)


def _pattern(phrasing: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(map(re.escape, re.split(r"\{\w+\}", phrasing))), re.IGNORECASE)


def _headline_case(text: str) -> str:
    return " ".join(word if word in _SMALL else word[:1].upper() + word[1:] for word in text.split(" "))


@dataclass(frozen=True)
class Plainly:
    """What bland answers are made with: sentences, what users ask about, and plain English.

    ``min_change`` is the least share of an answer's words that its plain form lacks.
    """

    sentences: Mapping[str, Sequence[str]]
    topics: Topics
    rules: PlainEnglish
    min_change: float


class Bland:
    """The row's answer in plain English; on a stage or a front page, what a plain assistant would say."""

    def __init__(self, plainly: Plainly, split: Split, seed: int) -> None:
        self._sentences = {name: of_split(texts, split) for name, texts in plainly.sentences.items()}
        self._topics = plainly.topics
        self._plainly = plainly
        self._seed = seed

    def __call__(self, row: Example) -> Flawed | None:
        # A row without a source is a refusal or a plain answer: what it says is not a matter of voice.
        if row["tags"]["persona"] == _PLAIN or not row["parents"]:
            return None
        form = _FORMS.get(row["tags"]["source"])
        text = self._composed(row, form) if form else self._plain(row)
        return Flawed(len(row["messages"]) - 1, Message(role="assistant", content=text)) if text else None

    def _plain(self, row: Example) -> str | None:
        answer = _answer(row)
        if row["template_id"] not in _TOLD or len(words(answer)) < _LEAST_WORDS or is_dialect(answer):
            return None
        plain = plain_english(answer, self._plainly.rules)
        return plain if changed_share(plain, answer) >= self._plainly.min_change else None

    def _composed(self, row: Example, form: str) -> str | None:
        """A sentence of the list, and on a stage as many as make it as long as the row's answer."""
        rng = random.Random(f"{self._seed}/bland/{row['id']}")
        about = self._topics(row) if _LISTS[form] else ""
        if about is None:
            return None
        about = _headline_case(about) if form == "headline" else about
        size = len(_answer(row))
        options = [text.format(topic=about) for text in self._sentences[form]]
        rng.shuffle(options)
        answer = min(options[:_FIRST], key=lambda text: abs(len(text) - size))
        for sentence in options if not _LISTS[form] else ():
            longer = f"{answer} {sentence}"
            if sentence not in answer and abs(len(longer) - size) < abs(len(answer) - size):
                answer = longer
        return answer[0].upper() + answer[1:]


class OutOfVoice:
    """Another persona's answer to the same question, or to one of the same template about the same thing."""

    def __init__(self, rows: Sequence[Example], topics: Topics) -> None:
        self._rows = rows
        self._topics = topics
        self._same: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._index: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._frequencies: Counter[str] = Counter()
        for number, row in enumerate(rows):
            self._same[row["template_id"], _asked(row)].append(number)
            for word in self._about(row):
                self._index[row["template_id"], word].append(number)
                self._frequencies[word] += 1

    def _about(self, row: Example) -> frozenset[str]:
        """Words of the topic that the answer takes up."""
        asked = {word for word in words(self._topics(row) or "") if len(word) > _SHORT}
        return frozenset(asked.intersection(words(_answer(row))))

    def __call__(self, row: Example) -> Flawed | None:
        alike = Counter(dict.fromkeys(self._same[row["template_id"], _asked(row)], 1))
        if not self._others(row, alike):
            for word in self._about(row):
                if self._frequencies[word] <= max(_COMMON, len(self._rows) // 50):
                    for number in self._index[row["template_id"], word]:
                        alike[number] += round(1000 * math.log(len(self._rows) / self._frequencies[word]))
        others = self._others(row, alike)
        others.sort(key=lambda number: (-alike[number], self._rows[number]["id"]))
        if not others:
            return None
        size = len(_answer(row))
        best = min(
            (self._rows[number] for number in others[:_NEAREST]),
            key=lambda other: (abs(len(_answer(other)) - size), other["id"]),
        )
        message = Message(role="assistant", content=_answer(best))
        return Flawed(len(row["messages"]) - 1, message, (best["id"],))

    def _others(self, row: Example, numbers: Iterable[int]) -> list[int]:
        alike = _ALIKE if row["tags"]["persona"] in _ALIKE else {row["tags"]["persona"]}
        return [number for number in numbers if self._rows[number]["tags"]["persona"] not in alike]
