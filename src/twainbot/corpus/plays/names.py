"""One name a person: which labels of a play mean the same speaker.

A label is taken for a short form of another only where the play itself bears it out: two persons who
answer each other are two, and a word that the text uses as a name is whole.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from twainbot.corpus.plays.script import Script, Speech, label

# Titles that stand before the name of the one who speaks. LADY and the like may stand before a husband's.
_TITLES = frozenset(
    ["KING", "QUEEN", "PRINCE", "PRINCESS", "DUKE", "EARL", "COUNT", "BARON", "LORD", "SIR", "MR", "MASTER",
     "DR", "DOCTOR", "REV", "CAPTAIN", "MAJOR", "COLONEL", "GENERAL", "MONSIEUR", "DON", "FRIAR"]
)  # fmt: skip
# Speakers who answer each other this often, compared with how often the rarer one speaks, are two persons.
_ANSWER_SHARE = 0.1
_WHOLE_WORD_USES = 2
_COUNTS = frozenset(["FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH"])
_GROUP = re.compile(
    r"\b(?:two|three|foure?|five|six|seven|the|all)\s+(?:or\s+\w+\s+)?(?:other\s+)?([A-Z][a-z]+(?:ch|sh|s|x)?e?s)\b"
)


def speaker_names(script: Script, aliases: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The canonical names of each speech's speakers, in order.

    ``aliases`` are the user's and come before all else: a label, as the play has it, to a name. After
    them come the file's own (TEI and OCWS), then what :func:`short_forms` finds in each work of the
    file. A number alone (``1.``) takes its noun from the directions of its scene ("Enter three Witches").
    """
    given = {label(short): label(whole) for short, whole in {**script.aliases, **aliases}.items()}
    told = {label(short) for short in aliases}
    named: list[tuple[str, ...]] = []
    forms: dict[str, dict[tuple[str, str], str]] = {}
    for work in dict.fromkeys(speech.work for speech in script.speeches):
        forms[work] = short_forms(
            [speech for speech in script.speeches if speech.work == work], script, given
        )
    groups = _groups(script.directions)
    for speech in script.speeches:
        names = []
        for written in speech.speakers:
            name = given.get(written, written)
            if written not in told:
                name = forms[speech.work].get((speech.section, name), name)
                if name in _COUNTS and (noun := groups.get(speech.section)):
                    name = f"{name} {noun}"
            names.append(given.get(name, name))
        named.append(tuple(dict.fromkeys(names)))
    return named


def short_forms(
    speeches: list[Speech], script: Script, given: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """(section, label) -> whole name, for the labels that shorten another name in that section.

    ``GUILD`` shortens ``GUILDENSTERN``, ``LADY M`` shortens ``LADY MARN``, and ``KING`` shortens ``KING
    ORLO``; ``ORLO`` is ``KING ORLO`` if nobody else is an ``ORLO``. Where several persons fit, the one
    who speaks or is named in directions of the same section is meant; if that too leaves several, the
    label stays. A name of the list of persons is whole.
    """
    counts = Counter(given.get(name, name) for speech in speeches for name in speech.speakers)
    answers = _answers(speeches, given)
    spoken = _capitalised(speech.text for speech in speeches)
    directed = _capitalised(text for _, text in script.directions)
    persons = {label(name) for name in script.persons}
    scenes: dict[str, set[str]] = defaultdict(set)
    for speech in speeches:
        scenes[speech.section].update(given.get(name, name) for name in speech.speakers)
    entered: dict[str, set[str]] = defaultdict(set)
    for section, text in script.directions:
        entered[section].update(label(word) for word in re.findall(r"[A-Z][\w'’]+", text))

    def one_person(name: str, other: str) -> bool:
        rarer = min(counts[name], counts[other])
        return rarer == 0 or answers[frozenset((name, other))] <= _ANSWER_SHARE * rarer

    longer: dict[str, list[str]] = {}
    for name in sorted(counts):
        if name in persons or name in _COUNTS:
            continue
        cut = not _whole(name, counts, persons, spoken)
        found = [
            other
            for other in sorted((counts.keys() | persons) - {name})
            if (cut or _by_words(name, other)) and shortens(name, other)
        ]
        if not found and cut:
            found = _from_directions(name, directed)
        if not found:
            found = [other for other in sorted(counts) if _titled(name, other)]
        longer[name] = found

    result: dict[tuple[str, str], str] = {}
    for section, present in scenes.items():
        for name in present:
            seen = {name}
            whole = name
            while whole in longer and (candidates := _ends(longer, longer[whole])):
                if len(candidates) > 1:
                    here = [one for one in candidates if one in present and one != name]
                    here = here or [one for one in candidates if _is_named(one, entered[section])]
                    candidates = here if len(here) == 1 else []
                # A lord is not the LORD POLONIUS of another scene.
                candidates = [
                    one
                    for one in candidates
                    if not (_by_words(whole, one) and counts[one] and whole in _TITLES)
                    or one in present
                    or _is_named(one, entered[section])
                ]
                if not candidates or candidates[0] in seen or not one_person(whole, candidates[0]):
                    break
                whole = candidates[0]
                seen.add(whole)
            if whole != name:
                result[section, name] = whole
    return result


def shortens(name: str, other: str) -> bool:
    """Whether ``name`` is ``other`` cut short, word by word, or by whole words."""
    short, long = name.split(), other.split()
    if len(short) > len(long) or f"{name}S" == other or name == other:
        return False
    # One letter says enough only after a whole word: LADY E. is a lady, E. may be anybody.
    return all(
        word == whole
        or (
            whole.startswith(word) and (len(word) > 1 or place > 0) and not whole[len(word) :].startswith("'")
        )
        for place, (word, whole) in enumerate(zip(short, long, strict=False))
    )


def _by_words(name: str, other: str) -> bool:
    return other.startswith(f"{name} ")


def _ends(longer: Mapping[str, list[str]], candidates: list[str]) -> list[str]:
    """The candidates without those that are short forms of one other candidate themselves."""
    return [one for one in candidates if not set(longer.get(one, ())) & (set(candidates) - {one})]


def _whole(name: str, counts: Counter[str], persons: set[str], spoken: Counter[str]) -> bool:
    """Whether the last word of a label is a name or noun that people say, not one cut short."""
    last = name.split()[-1]
    return len(last) > 1 and spoken[last] >= _WHOLE_WORD_USES


def _answers(speeches: list[Speech], given: Mapping[str, str]) -> Counter[frozenset[str]]:
    """How often two labels speak one right after the other in a scene, or in one speech."""
    found: Counter[frozenset[str]] = Counter()
    for speech in speeches:
        names = [given.get(name, name) for name in speech.speakers]
        found.update(frozenset((a, b)) for a in names for b in names if a < b)
    for before, after in pairwise(speeches):
        if before.section == after.section:
            found.update(
                frozenset((given.get(a, a), given.get(b, b))) for a in before.speakers for b in after.speakers
            )
    return found


def _capitalised(texts: Iterable[str]) -> Counter[str]:
    """Words with a capital that stand within a sentence: names, and nouns of the old spelling."""
    found: Counter[str] = Counter()
    for written in texts:
        text = written.replace("’", "'")
        found.update(word.upper() for word in re.findall(r"(?<=[a-z,;] )[A-Z][a-z'’]+", text))
        found.update(re.findall(r"\b[A-Z]{3,}\b", text))
    return found


def _from_directions(name: str, directed: Counter[str]) -> list[str]:
    """The name in the directions that a one-word label cuts short; the spelling used most."""
    if " " in name or len(name) < 3:
        return []
    fits = [word for word in sorted(directed) if word != name and shortens(name, word)]
    if len({word[: len(name) + 1] for word in fits}) > 1:
        return []
    return sorted(fits, key=lambda word: (-directed[word], word))[:1]


def _titled(name: str, other: str) -> bool:
    """``ORLO`` and ``KING ORLO``: the same but for a title."""
    title, _, rest = other.partition(" ")
    return rest == name and title.strip(".") in _TITLES


def _is_named(person: str, words: set[str]) -> bool:
    """Whether the directions name a person, who may be known by a short form only (``SEYT``)."""
    own = [word for word in person.split() if word not in _TITLES]
    return any(
        word in words or (len(word) > 2 and any(one.startswith(word) for one in words)) for word in own
    )


def _groups(directions: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The one counted group that the directions of a section name, as a singular: ``WITCH``."""
    found: dict[str, set[str]] = defaultdict(set)
    for section, text in directions:
        found[section].update(_singular(match.group(1)) for match in _GROUP.finditer(text))
    return {section: min(nouns) for section, nouns in found.items() if len(nouns) == 1}


def _singular(noun: str) -> str:
    noun = noun.upper()
    if noun.endswith("IES"):
        return noun[:-3] + "Y"
    return noun[:-2] if noun.endswith(("CHES", "SHES", "XES", "SSES")) else noun[:-1]
