"""Tag balance: counts, cross-tables, weather by source, and what there is to select for the mission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twainbot.evaluation.stats import wilson
from twainbot.records import Passage
from twainbot.report.corpus.flow import FACT
from twainbot.report.corpus.inputs import Corpus
from twainbot.text.filters import flag_names
from twainbot.text.selection import PERSONAS, subjects

TAGS = ("persona", "tone", "domain", "device")
WEATHER = "weather"
SHORT_KINDS = ("post", "joke", "joke, post")


def value(passage: Passage, tag: str) -> str:
    """A passage's value of a tag; ``none`` if it has none."""
    return str(passage.get(tag) or "none")


def balance(passages: Sequence[Passage]) -> dict[str, list[tuple[str, int]]]:
    """For each tag its values with their numbers of passages, the most frequent first."""
    return {
        tag: sorted(Counter(value(p, tag) for p in passages).items(), key=lambda pair: (-pair[1], pair[0]))
        for tag in TAGS
    }


@dataclass(frozen=True)
class CrossTable:
    """Numbers of passages by two tags; rows and columns by their sums, the largest first."""

    row_tag: str
    column_tag: str
    rows: list[str]
    columns: list[str]
    cells: list[list[int]]


def cross_table(passages: Sequence[Passage], row_tag: str, column_tag: str) -> CrossTable:
    """How many passages have which pair of values."""
    pairs = Counter((value(p, row_tag), value(p, column_tag)) for p in passages)
    sums: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for pair, n in pairs.items():
        for axis in (0, 1):
            sums[axis][pair[axis]] += n
    rows, columns = (sorted(found, key=lambda name, f=found: (-f[name], name)) for found in sums)
    return CrossTable(row_tag, column_tag, rows, columns, [[pairs[r, c] for c in columns] for r in rows])


@dataclass(frozen=True)
class Share:
    """Weather passages of one source with Wilson's 95 % interval."""

    source: str
    title: str
    kind: str
    persona: str
    n: int
    weather: int
    share: float
    low: float
    high: float


def weather_shares(corpus: Corpus) -> list[Share]:
    """By source, the largest share first; facts are left out: they are about weather by construction."""
    titles = {document["source_id"]: document for document in reversed(corpus.documents)}
    totals: Counter[str] = Counter()
    weather: Counter[str] = Counter()
    for passage in corpus.passages:
        totals[passage["source_id"]] += 1
        weather[passage["source_id"]] += value(passage, "domain") == WEATHER
    found = []
    for source, document in titles.items():
        if document["kind"] == FACT or not totals[source]:
            continue
        share = wilson(weather[source], totals[source])
        found.append(
            Share(
                source, document["title"], document["kind"], document["persona"], share.n, weather[source],
                share.value, share.low, share.high,
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: (-row.share, row.source))


@dataclass(frozen=True)
class Selection:
    """What one persona's passages offer."""

    persona: str
    kinds: str
    passages: int
    weather: int
    humour: int
    both: int
    either: int
    rows: int  # chat rows
    weather_rows: int


def flag_counts(passages: Iterable[Passage]) -> list[tuple[str, int]]:
    """How many passages carry which kind of flag, the most frequent first."""
    counts = Counter(name for name in flag_names(passages) if name != "overlap")
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def selection(corpus: Corpus, thresholds: Mapping[str, float]) -> list[Selection]:
    """One row a persona, by name, counted as metrics/tag.json is; facts are no persona's text."""
    groups: dict[str, list[Passage]] = {}
    for passage in corpus.passages:
        if passage["kind"] != FACT:
            groups.setdefault(value(passage, "persona"), []).append(passage)
    rows = Counter(persona for _, persona, _ in corpus.rows)
    weather_rows = Counter(persona for _, persona, domain in corpus.rows if domain == WEATHER)
    found = []
    for persona, passages in sorted(groups.items()):
        marks = Counter(subjects(passage, thresholds) for passage in passages)
        both = marks[True, True]
        weather, humour = both + marks[True, False], both + marks[False, True]
        kinds = ", ".join(sorted({p["kind"] for p in passages}))
        found.append(
            Selection(
                persona, kinds, len(passages), weather, humour, both, weather + humour - both,
                rows[persona], weather_rows[persona],
            )
        )  # fmt: skip
    return found


def summed(name: str, rows: Sequence[Selection]) -> Selection:
    """The sum of several personas."""

    def total(key: str) -> int:
        return sum(int(getattr(row, key)) for row in rows)

    kinds = ", ".join(sorted({kind for row in rows for kind in row.kinds.split(", ")}))
    counts = ("passages", "weather", "humour", "both", "either", "rows", "weather_rows")
    return Selection(name, kinds, *(total(key) for key in counts))


def mission(rows: Sequence[Selection]) -> list[Selection]:
    """The two selections that the adapters are made for: the voices, and short humorous texts."""
    voices = [row for row in rows if row.persona in PERSONAS]
    short = [row for row in rows if row.kinds in SHORT_KINDS]
    return [
        summed(name, found)
        for name, found in (("Twain and Franklin", voices), ("Posts and jokes", short))
        if found
    ]
