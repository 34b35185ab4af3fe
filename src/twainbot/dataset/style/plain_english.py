"""Ornate, old or stage English to plain modern English, by rules: the user's side of imitation rows.

The rules, repeated until nothing changes:
1. Lines of verse are joined; a function word that began a line loses its capital.
2. A dash before "and" or "which" becomes a comma.
3. Apostrophe forms are written out: call'd, o'er, 'tis.
4. Phrases, then words, of data/lexicons/plain_english.yaml are replaced; its emphatic asides are dropped.
5. Old verb endings go: thou knowest, he maketh.
6. Articles and participles follow the words that were put in: a pleasant day, had seen.
7. Long sentences are split at semicolons and before "and he", "but they", where both parts can stand alone;
   exclamations become statements. Where a rule cannot be sure, the text stays: plain, but never broken.

A word with a capital inside a sentence is a name and stays, as do numbers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from twainbot.dataset.style.agreement import agreed
from twainbot.dataset.style.clauses import CAPITAL, split
from twainbot.files import InputError
from twainbot.params import read_yaml
from twainbot.text.normalize import words

_PASSES = 50  # each takes words, dashes or semicolons away, so few are needed
_NEED_COMMA = ("o", "oh", "ah", "well", "sir", "pray", "alas")

_LINE_START = re.compile(r"(?<=[^\s.!?:\"])[^\S\n]*\n(?!\n)(\W*)([A-Za-z']+)")
_DASH = re.compile(r"[^\S\n]*--+[^\S\n]*")
_CONTRACTED = re.compile(r"(?<=[a-z])(?:n't|not)\b")
_CONJUNCTION = re.compile(r"(?:and|but|or|nor|for|so|yet|which|who|because|though|although|if|when|as)\b")
_POINT = re.compile(r"[.,;:!?][\"')\]]*$")
_CALLED = re.compile(r"\b([A-Za-z]{2,}[^\W\dAEIOUaeiou_])'d\b")
_APPLIED = re.compile(r"(?<=[b-df-hj-np-tv-z])y'd\b")
_THOU = re.compile(r"\b(thou)(\s+)([a-z]{2,}?)(e?st|'st)\b", re.IGNORECASE)
_ETH = re.compile(r"\b([a-z]{2,}?)(eth)\b")
_CAPITALISED = re.compile(rf"{CAPITAL}+([\s,\"'(\[]*)({CAPITAL}*[a-z]?)")
_TOKEN = re.compile(r"(?<![\w'])(?<!\w-)'?[A-Za-z]+(?:['-][A-Za-z]+)*'?(?!\w|-\w)")
# Maketh, giveth, cometh, careth: the e that is cut is the verb's.
_SILENT_E = re.compile(r"(?:[^aeiou][aio]k|[aeiou]s|[vzcgu]|com|[^aeiou][aoi]r|[^aeiou][ai]t)$")
_HISSES = ("s", "x", "ch", "sh", "o")
_LEANS_BACK = re.compile(
    r"(?:\b(?:and|or|nor|but|so|how|as|too|very|more|most|less|almost|not)|n't)\s$", re.IGNORECASE
)
_LEANS_ON = re.compile(r"\s+(?:and|or|as|enough|so|a few|the)\b")
# Speech that is spelt as it sounds, or as knights speak, and its grammar: no table makes it plain.
_DIALECT = re.compile(
    r"\b(?:ain't|hain't|warn't|dasn't|knowed|throwed|growed|clumb|kinder|sorter|dat|dis|uv|gwine|thar|heerd|"
    r"skasely|fellers?|yit|sich|sot|(?:we|you|they) was|(?:he|she|it) don't|I says|them \w+s|more'n|off'n|"
    r"thou|thee|thy|ye|wherefore|therefrom|methink\w*|damsels?|never (?:I|you) see|begun to|"
    r"[a-z]{3,}[^s\W]s was)\b"
    r"|\w+in' |\b(?:[a-z]+n't|never|nobody|without|hardly)(?: [a-z]+){0,4}"
    r" (?:no|none|nothing|nobody|nowhere)\b"
    r"|(?<=\s)'em\b|\ba-[a-z]+ing\b"
)


@dataclass(frozen=True)
class PlainEnglish:
    """The compiled tables of data/lexicons/plain_english.yaml."""

    words: Mapping[str, str]
    phrases: Mapping[str, str]
    any_phrase: re.Pattern[str]
    drops: re.Pattern[str]
    line_openers: frozenset[str]
    not_verbs: frozenset[str]


def _like(value: str, shown: str) -> str:
    return value[0].upper() + value[1:] if shown.lstrip("'")[:1].isupper() else value


def _alternatives(entries: Iterable[str]) -> str:
    """Any of the entries, the longest first; those with the same first word together, for speed."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        first, space, rest = entry.partition(" ")
        groups[first].append(space + rest)
    return "|".join(
        re.escape(first)
        + "(?:"
        + "|".join(re.escape(rest) for rest in sorted(rests, key=lambda rest: (-len(rest), rest)))
        + ")"
        for first, rests in sorted(groups.items(), key=lambda item: (-len(item[0]), item[0]))
    )


def compile_rules(content: Mapping[str, object]) -> PlainEnglish:
    """The tables of the file as patterns.

    Raises:
        InputError: a table is missing, or what an entry becomes holds an entry; all at once.
    """
    problems: list[str] = []
    tables: dict[str, dict[str, str]] = {}
    for name in ("words", "phrases"):
        table = content.get(name)
        if isinstance(table, dict) and all(isinstance(v, str) for item in table.items() for v in item):
            tables[name] = {key.lower(): value for key, value in table.items()}
        else:
            problems.append(f"{name}: needs a mapping of text to text")
    lists: dict[str, list[str]] = {}
    for name in ("drop", "line_openers", "not_verbs"):
        entries = content.get(name)
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            lists[name] = [entry.lower() for entry in entries]
        else:
            problems.append(f"{name}: needs a list of words; quote what YAML reads otherwise (no, on, yes)")
    if problems:
        raise InputError("\n".join(problems))
    entries = {**tables["words"], **tables["phrases"]}
    entry = re.compile(rf"(?<![\w'])(?<!\w-)(?:{_alternatives(list(entries))})(?![\w']|-\w)", re.IGNORECASE)
    for key, value in entries.items():
        if not value.strip():
            problems.append(f"{key}: becomes nothing; put it under drop")
        elif found := entry.search(value):
            problems.append(f"{key}: becomes {value!r}, which holds the entry {found.group()!r}")
    problems += [f"{key}: is no single word; put it under phrases" for key in tables["words"] if " " in key]
    if problems:
        raise InputError("\n".join(problems))
    return PlainEnglish(
        words=tables["words"],
        phrases=tables["phrases"],
        any_phrase=re.compile(
            rf"(?<![\w'])(?<!\w-)(?:{_alternatives(list(tables['phrases']))})(?![\w']|-\w)", re.IGNORECASE
        ),
        drops=re.compile(
            rf"(?:,\s+|(?<![\w'])(?<!\w-)(?<!not ))(?:{_alternatives(lists['drop'])})(?![\w']|-\w)(,)?",
            re.IGNORECASE,
        ),
        line_openers=frozenset(lists["line_openers"]),
        not_verbs=frozenset(lists["not_verbs"]),
    )


def read_plain_english(path: Path) -> PlainEnglish:
    """The tables of data/lexicons/plain_english.yaml.

    Raises:
        InputError: as :func:`compile_rules`, naming the file.
    """
    if not isinstance(content := read_yaml(path), dict):
        raise InputError(f"{path}: expected a mapping of tables, found {type(content).__name__}.")
    try:
        return compile_rules(content)
    except InputError as error:
        raise InputError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from error


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'([")
    return not before or before[-1] in ".!?\n"


def _is_name(text: str, match: re.Match[str]) -> bool:
    return match.group()[:1].isupper() and not _starts_sentence(text, match.start())


def _joined(rules: PlainEnglish, match: re.Match[str]) -> str:
    mark, word = match.groups()
    return f" {mark}{word.lower() if word.lower() in rules.line_openers else word}"


def _comma(text: str) -> str:
    def comma(match: re.Match[str]) -> str:
        before, after = text[: match.start()], text[match.end() :]
        if not before.strip(" ") or before.endswith("\n"):
            return ""
        if _POINT.search(before):
            return " "
        if not after.strip() or re.match(r"[\n).,;:!?]|[\"'](?!\w)", after):
            return ""
        if after[0] in "\"'":
            return ", "
        return ", " if _CONJUNCTION.match(after) else "--"

    return _DASH.sub(comma, text)


def _replaced(rules: PlainEnglish, text: str) -> str:
    def phrase(match: re.Match[str]) -> str:
        if _is_name(text, match):
            return match.group()
        return _like(rules.phrases[match.group().lower()], match.group())

    text = rules.any_phrase.sub(phrase, text)

    def word(match: re.Match[str]) -> str:
        shown = match.group()
        if shown.lower() not in rules.words and "'" not in shown:
            return shown
        # An apostrophe is the word's own ('tis, th') or a quotation mark beside it.
        for start, end in ((0, 0), (0, 1), (1, 0), (1, 1)):
            inner = shown[start : len(shown) - end]
            if shown[:start].strip("'") or shown[len(shown) - end :].strip("'") or not inner:
                continue
            if (value := rules.words.get(inner.lower())) and not _is_name(text, match):
                return f"{shown[:start]}{_like(value, inner)}{shown[len(shown) - end :]}"
        return shown

    return _TOKEN.sub(word, text)


def _dropped(rules: PlainEnglish, text: str) -> str:
    def drop(match: re.Match[str]) -> str:
        # "Slowly and surely", "so entirely", "surely enough": the sentence would lose its balance.
        if _LEANS_BACK.search(text[: match.start()]) or _LEANS_ON.match(text[match.end() :]):
            return match.group()
        word = match.group().lstrip(", \n")
        start = match.end() - len(word)
        name = word[:1].isupper() and not _starts_sentence(text, start)
        # "The well" is no aside, nor are "and you know it" and ", well knowing".
        ended = match.group(1) or not text[match.end() : match.end() + 2].strip(" ").isalpha()
        if word.lower().rstrip(",") in _NEED_COMMA:
            parted = ended and (match.group().startswith(",") or _starts_sentence(text, start))
        else:
            parted = match.group().startswith(",") or match.group(1)
        if name or (not parted and (" " in word or word.lower().rstrip(",") in _NEED_COMMA)):
            return match.group()
        if _starts_sentence(text, start):
            return CAPITAL
        return "," if match.group(1) and text[match.end() : match.end() + 1] == '"' else ""

    return rules.drops.sub(drop, text)


def _modern_verbs(rules: PlainEnglish, text: str) -> str:
    def second(match: re.Match[str]) -> str:
        thou, space, stem, ending = match.groups()
        if stem + ending in rules.not_verbs:
            return match.group()
        return f"{thou}{space}{stem}{'e' if _SILENT_E.search(stem) else ''}"

    def third(match: re.Match[str]) -> str:
        stem, word = match.group(1), match.group()
        if word in rules.not_verbs:
            return word
        return f"{stem}es" if stem.endswith(_HISSES) or _SILENT_E.search(stem) else f"{stem}s"

    return _ETH.sub(third, _THOU.sub(second, text))


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" +([,.;:!?])", r"\1", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r",+([.:!?])", r"\1", text)
    text = text.replace(f"{CAPITAL}and ", CAPITAL)
    text = _CAPITALISED.sub(
        lambda match: match[1].replace(",", "").lstrip() + match[2].replace(CAPITAL, "").upper(), text
    )
    text = re.sub(r"(^|[.!?]\"?\s+|\n)([\"'(]*),+\s*", r"\1\2", text)
    text = re.sub(r"([:!?.])\1+(?<!\.\.\.)", r"\1", text) if "..." not in text else text
    return re.sub(r" *\n *", "\n", text).strip()


def _pass(rules: PlainEnglish, text: str) -> str:
    text = _LINE_START.sub(partial(_joined, rules), text)
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    text = _comma(text)
    text = _CALLED.sub(r"\1ed", _APPLIED.sub("ied", text))
    # Before "thou" becomes "you", which goes with "must" and "just" as well.
    text = _dropped(rules, _replaced(rules, _modern_verbs(rules, text)))
    return _tidy(split(agreed(text)))


def plain_english(text: str, rules: PlainEnglish) -> str:
    """``text`` in plain modern English; never without words if ``text`` has some.

    Idempotent: what it gives, it leaves alone. Names (capitalised inside a sentence) and numbers are kept.
    """
    plain, before = text.strip(), ""
    for _ in range(_PASSES):
        if plain == before:
            break
        before, plain = plain, _pass(rules, plain)
    return plain if words(plain) else text.strip()


def listed_share(text: str, rules: PlainEnglish) -> float:
    """Share of the words that the table of words replaces: quick, and mostly less than all that changes."""
    found = words(text)
    return sum(word in rules.words for word in found) / len(found) if found else 0.0


def is_dialect(text: str) -> bool:
    """Whether a text is spelt, or put together, as nobody writes today."""
    return _DIALECT.search(text) is not None


def changed_share(text: str, other: str) -> float:
    """Share of the words, of the longer of the two, that the other lacks.

    Formula: 1 - |a and b| / max(|a|, |b|), as multisets of words: order and punctuation are not seen, and
    "don't" is "do not", for that alone is no manner of speaking.
    """
    first, second = (Counter(words(_CONTRACTED.sub(" not", part))) for part in (text, other))
    longest = max(first.total(), second.total())
    return 1 - (first & second).total() / longest if longest else 0.0
