"""Weather facts in a sentence: figures with their type and unit, and conditions with their negation.

An instrument with an error rate of its own; ``tests/evaluation/test_groundedness.py`` holds the labelled
sentences that say how large it is. Numbers without a weather type ("a hundred lies") are figurative and
not facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FactKind = Literal["temperature", "humidity", "wind", "precipitation", "condition"]

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_NUMBER_WORDS = {word: number for number, word in enumerate(_SMALL)}
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_DECADES = {f"{word[:-1]}ies": value for word, value in _TENS.items()}
_SPELLED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_SMALL[1:10])}))?|{'|'.join(_NUMBER_WORDS)})"
# A hyphen is a minus only where it does not join a range ("12-18") or a date.
_NUM = rf"(?:(?<![\w.-])(?:minus |[-\u2212])?\d+(?:\.\d+)?|\b(?:minus )?{_SPELLED}\b)"
_END = _NUM.replace(r"(?<![\w.-])", "")  # the second number of a range may follow a hyphen
_DEGREES = (
    r"(?:\s*°\s*(?P<symbol>[CF])?\b|\s*°"
    r"|\s*degrees?(?:\s+(?P<word>celsius|centigrade|fahrenheit|c\b|f\b))?|\s?(?P<letter>[CF])\b)"
)
_RANGE = (
    r"(?:\s*(?:°\s*[CF]?|degrees?)?\s*"
    r"(?:-|–|\bto\b|\band\b|\bfalling to\b|\bdown to\b|\bup to\b|\bagainst\b)\s*)"
)

_TEMPERATURE = re.compile(rf"(?P<first>{_NUM})(?:{_RANGE}(?P<second>{_END}))?{_DEGREES}", re.I)
_BARE = re.compile(
    r"\b(?:high|low|highs|lows|top|bottom|temperature|thermometer|mercury)\s+"
    r"(?:is |was |of |at |near |around |about |reads |stands at )*"
    rf"(?P<first>{_NUM})(?!\s*(?:%|percent|per cent|km|kph|mph|mm|miles|°|degrees|\d))",
    re.I,
)
_DECADE = re.compile(
    rf"\b(?:(?P<part>low|mid|middle|high|upper)[- ])?(?P<decade>{'|'.join(_DECADES)})\b", re.I
)
_PERCENT = re.compile(rf"(?P<first>{_NUM})\s*(?:%|percent\b|per cent\b)", re.I)
_WIND = re.compile(
    rf"(?P<first>{_NUM})\s*"
    r"(?P<unit>km/h|kph|kmh|kilomet(?:er|re)s? (?:an|per) hour|mph|miles? (?:an|per) hour|m/s|knots?)",
    re.I,
)
_DEPTH = re.compile(rf"(?P<first>{_NUM})\s*(?P<unit>mm\b|millimet(?:er|re)s?\b|cm\b|inch(?:es)?\b)", re.I)
_HEDGE = re.compile(r"\b(?:about|around|roughly|nearly|almost|some|near|close to|or so)\s+$", re.I)

# Words that assert a condition, by group. "wet" and "dry" are about precipitation of any kind.
_CONDITIONS = {
    "clear": r"sunny|sunshine|cloudless|clear (?:sky|skies)|skies? (?:is|are) clear",
    "cloud": r"clouds?|cloudy|overcast",
    "fog": r"fog|foggy|haze|hazy|mist|misty",
    "rain": r"rain|rains|rainy|raining|drizzle|drizzling|showers?|downpour",
    "thunder": r"thunder|thunderstorms?|lightning|storms?|stormy",
    "snow": r"snow|snows|snowy|snowing|sleet|blizzards?|flurries",
    "wind": r"windy|gales?|blowing hard",
    "wet": r"wet",
    "dry": r"dry",
}
_CONDITION = re.compile("|".join(rf"\b(?P<{group}>{words})\b" for group, words in _CONDITIONS.items()), re.I)
# A negation holds for the next four words of the same clause.
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|nor|neither|hardly|scarcely|none|free of|instead of|rather than|\w+n't)"
    r"(?:\s+[\w'-]+){0,3}\s+$",
    re.I,
)
_AFTER_NONE = re.compile(
    r"^(?:\s*,\s*(?:none|there is none|you will have none)\b|\s+(?:is|are|was)(?:n't| not)\b)", re.I
)
_SUPPOSED = re.compile(r"\b(?:if|unless|whether|should it|in case|suppose)\b[^,.;:!?]*$", re.I)
# Words of weather that name a thing or a trade, not the day's weather.
_IDIOMS = re.compile(
    r"\b(?:lightning[- ]rods?|rain(?:coat|bow)s?|rain gear|snowshoes?|cloud nine"
    r"|dry (?:chair|clothes|socks))\b",
    re.I,
)
_CLAUSE = re.compile(r"[.;:!?](?=\s|$)|,\s+(?:but|and yet)\b")


@dataclass(frozen=True)
class Fact:
    """``value`` is a number, a pair (low, high) for "the seventies", or a condition's group."""

    kind: FactKind
    value: float | tuple[float, float] | str
    unit: str
    text: str
    start: int
    negated: bool = False
    hedged: bool = False
    decimals: int = 0


def _number(text: str) -> float:
    text = text.lower().replace("\u2212", "-").strip()
    sign = -1.0 if text.startswith(("minus ", "-")) else 1.0
    text = text.removeprefix("minus ").lstrip("-")
    try:
        return sign * float(text)
    except ValueError:
        return sign * sum(_TENS.get(w, _NUMBER_WORDS.get(w, 0)) for w in re.split(r"[- ]", text))


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _clause(text: str, at: int) -> str:
    """The text from the beginning of the clause to ``at``."""
    ends = [match.end() for match in _CLAUSE.finditer(text, 0, at)]
    return text[ends[-1] if ends else 0 : at]


def extract(text: str) -> list[Fact]:
    """The typed facts of a reply in the order in which they stand."""
    facts: list[Fact] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    def add(kind: FactKind, match: re.Match[str], unit: str, group: str = "first") -> None:
        before = text[: match.start(group)]
        facts.append(
            Fact(
                kind,
                _number(match[group]),
                unit,
                match[0].strip(),
                match.start(group),
                hedged=bool(_HEDGE.search(before)),
                decimals=_decimals(match[group]),
            )
        )
        taken.append(match.span())

    for match in _PERCENT.finditer(text):
        near = text[max(0, match.start() - 40) : match.end() + 40].lower()
        if "humid" in near:
            add("humidity", match, "%")
        elif re.search(r"rain|precip|chance|snow|shower|storm", near):
            add("precipitation", match, "%")
    for match in _WIND.finditer(text):
        unit = match["unit"].lower()
        add(
            "wind",
            match,
            "mph"
            if unit.startswith(("mph", "mile"))
            else "kph"
            if unit[0] == "k" and unit[1] != "n"
            else unit,
        )
    for match in _DEPTH.finditer(text):
        unit = match["unit"].lower()
        add("precipitation", match, "in" if unit.startswith("in") else "cm" if unit == "cm" else "mm")
    for match in _TEMPERATURE.finditer(text):
        if free(match):
            letter = (match["symbol"] or match["word"] or match["letter"] or "")[:1].lower()
            unit = {"f": "fahrenheit", "c": "celsius"}.get(letter, "")
            span = match.span()
            for group in ("first", "second"):
                if match[group]:
                    add("temperature", match, unit, group)
            taken.append(span)
    for match in _BARE.finditer(text):
        if free(match):
            add("temperature", match, "")
    for match in _DECADE.finditer(text):
        base = float(_DECADES[match["decade"].lower()])
        part = (match["part"] or "").lower()
        low, high = {"low": (0, 3), "mid": (4, 6), "middle": (4, 6), "high": (7, 9), "upper": (7, 9)}.get(
            part, (0, 9)
        )
        facts.append(Fact("temperature", (base + low, base + high), "", match[0], match.start()))
    idioms = [match.span() for match in _IDIOMS.finditer(text)]
    for match in _CONDITION.finditer(text):
        if any(start <= match.start() < end for start, end in idioms):
            continue
        clause = _clause(text, match.start())
        if _SUPPOSED.search(clause):
            continue
        negated = bool(_NEGATED.search(clause)) or bool(_AFTER_NONE.match(text[match.end() :]))
        facts.append(Fact("condition", str(match.lastgroup), "", match[0], match.start(), negated=negated))
    return sorted(facts, key=lambda fact: fact.start)
