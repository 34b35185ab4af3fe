"""Tags by rule: domain, tone and device of a passage, from word lists that are data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.records import Passage
from twainbot.text.normalize import words

_TONE_BY_PERSONA = {
    "twain": "wry",
    "franklin": "didactic",
    "satire": "satirical",
    "deadpan": "humorous",
    "comic": "humorous",
    "hamlet": "tragic",
    "macbeth": "tragic",
    "player": "tragic",
}
# Below this many words a passage of Franklin is a maxim rather than an argument.
_MAXIM_WORDS = 30


@dataclass(frozen=True)
class Lexicon:
    """Compiled word lists; see data/lexicons/tags.yaml."""

    weather: re.Pattern[str]
    exceptions: frozenset[str]
    hits: int
    short_hits: int
    devices: Mapping[str, re.Pattern[str]]


def read_lexicon(path: Path) -> Lexicon:
    """Compile the word lists of a YAML file.

    Raises:
        InputError: a section is missing or of the wrong form.
    """
    content = read_yaml(path)
    try:
        weather, devices = content["weather"], content["devices"]
        return Lexicon(
            weather=re.compile(rf"(?:{'|'.join(map(re.escape, weather['stems']))})"),
            exceptions=frozenset(weather["exceptions"]),
            hits=int(weather["hits"]),
            short_hits=int(weather["short_hits"]),
            devices={
                name: re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b")
                for name, phrases in devices.items()
            },
        )
    except KeyError as error:
        raise InputError(f"{path}: {error} is missing; compare with the file's version in git.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: wrong form ({error}); compare with the file's version in git.") from error


def domain(text: str, lexicon: Lexicon) -> str:
    """``weather`` if enough weather words occur, else ``general``."""
    found = words(text)
    hits = {word for word in found if word not in lexicon.exceptions and lexicon.weather.match(word)}
    return "weather" if len(hits) >= (lexicon.short_hits if len(found) <= 30 else lexicon.hits) else "general"


def device(passage: Passage, lexicon: Lexicon) -> str:
    """The rhetorical device most often marked in the text, else ``none``; ``headline`` for posts."""
    if passage["kind"] == "post":
        return "headline"
    counts = {
        name: len(pattern.findall(passage["text"].lower())) for name, pattern in lexicon.devices.items()
    }
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "none"


def tone(passage: Passage) -> str:
    """The tone that the passage's persona is known for; short passages of Franklin are aphoristic."""
    if passage["persona"] == "franklin" and len(words(passage["text"])) < _MAXIM_WORDS:
        return "aphoristic"
    return _TONE_BY_PERSONA.get(passage["persona"], "plain")


def tag(passages: Sequence[Passage], lexicon: Lexicon) -> list[Passage]:
    """The passages with ``tone``, ``domain`` and ``device`` filled in."""
    return [
        {
            **passage,
            "tone": tone(passage),
            "domain": domain(passage["text"], lexicon),
            "device": device(passage, lexicon),
        }
        for passage in passages
    ]
