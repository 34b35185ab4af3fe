"""Topics that a person should see, or that are not wanted: data/lexicons/topics.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from twainbot.files import InputError
from twainbot.params import describe, read_yaml
from twainbot.records import Kind
from twainbot.sections.strict import Section
from twainbot.text.phrases import Match, Phrase, parse_phrase


class Near(Section):
    first: list[str]
    second: list[str]
    within: Annotated[int, Field(ge=1)]


class Topic(Section):
    action: Literal["flag", "drop"]
    kinds: list[Kind]
    any: list[str] = Field(default_factory=list)
    near: Near | None = None


class _Topics(Section):
    topics: dict[str, Topic]


def read_topics(path: Path) -> dict[str, Topic]:
    """The topics of a YAML file by name.

    Raises:
        InputError: a key is missing, unknown or of the wrong form, or a phrase cannot be read; all are named.
    """
    try:
        topics = _Topics.model_validate({"topics": read_yaml(path) or {}}).topics
    except ValidationError as error:
        raise InputError(describe(error, str(path), _Topics)) from error
    problems: list[str] = []
    for name, topic in topics.items():
        if "/" in name or ":" in name:
            problems.append(f"{path}: {name}: a topic's name has no / and no :; rename it.")
        if not topic.any and not topic.near:
            problems.append(f"{path}: {name}: looks for nothing; give it `any` or `near`, or remove it.")
        for text in [*topic.any, *(topic.near.first + topic.near.second if topic.near else [])]:
            try:
                parse_phrase(text, name, topic.kinds)
            except ValueError as error:
                problems.append(f"{path}: {name}: {error}; mend or remove it.")
    if problems:
        raise InputError("\n".join(problems))
    return topics


def topic_phrases(topics: Mapping[str, Topic]) -> Iterable[Phrase]:
    """What to look for; the labels are ``topic:NAME``, ``topic:NAME/first`` and ``topic:NAME/second``."""
    for name, topic in topics.items():
        yield from (parse_phrase(text, f"topic:{name}", topic.kinds) for text in topic.any)
        if topic.near:
            for side, texts in (("first", topic.near.first), ("second", topic.near.second)):
                yield from (parse_phrase(text, f"topic:{name}/{side}", topic.kinds) for text in texts)


def find_topics(matches: Sequence[Match], topics: Mapping[str, Topic]) -> dict[str, Match]:
    """For each topic found its first match, that of a pair from the one phrase to the other."""
    found: dict[str, Match] = {}
    labels = {match.label.split("/")[0].removeprefix("topic:") for match in matches}
    for name in topics:
        if name not in labels:
            continue
        whole = [match for match in matches if match.label == f"topic:{name}"]
        if best := min(
            [*whole, *_pairs(matches, name, topics[name].near)], key=lambda m: m.start, default=None
        ):
            found[name] = best
    return found


def _pairs(matches: Sequence[Match], name: str, near: Near | None) -> Iterable[Match]:
    if near is None:
        return
    first = [match for match in matches if match.label == f"topic:{name}/first"]
    second = [match for match in matches if match.label == f"topic:{name}/second"]
    for one in first:
        for two in second:
            left, right = sorted((one, two), key=lambda m: (m.first, m.last))
            if 0 < right.first - left.last <= near.within + 1:
                phrase = f"{left.phrase} … {right.phrase}"
                yield Match(f"topic:{name}", phrase, left.start, right.end, left.first, right.last)
