"""How much of Project Gutenberg's boilerplate is left, and how much of the book, against other strippers.

Two sets: the real files of a mirror, and every header style with every footer style around a book of ours
(tests/gutenberg_styles.py), whose body is known exactly. For each stripper:

- left: files in whose result a word stands that only the makers of a file use, at its head, its tail or
  elsewhere (a fixed list below, not the one of the code that is measured);
- kept: of the mirror's files, the share of running text (paragraphs of three full lines and more between
  the first and the last line that names Project Gutenberg, without notes in brackets) in the result; of
  the matrix, files whose result is the body exactly, and the smallest share of the body's words.

`twainbot` is the stripping alone, as the others do it (a transcriber's note is within the book for it);
`twainbot, parsed` what goes on into the corpus, where contents, notes, indexes and introductions by other
hands are dropped too; the share of running text dropped for each reason is given by book. Every passage
is held against its span of the raw file.

    pip install --no-deps --target REFERENCES gutenberg-cleaner==0.1.6 gutenbergpy==0.4.0 nltk chardet
    PYTHONPATH=src:REFERENCES python benchmarks/boilerplate.py --mirror MIRROR

References that are not installed are left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from twainbot.corpus.books.gutenberg import find_body
from twainbot.corpus.decode import decode
from twainbot.corpus.parse import Parsed, parse_source
from twainbot.corpus.sources import Source, all_sources
from twainbot.files import write_json

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/boilerplate.json"
WORDS = re.compile(
    r"Gutenberg|\be-?texts?\b|\be-?books?\b|small print!|^\W*Produced by\b.*(?:Volunteer|Team)"
    r"|Transcriber|Transcribed from|Proofread|www\.|https?://|\bpgdp\b|plain vanilla|501\(c\)\(3\)",
    re.IGNORECASE | re.MULTILINE,
)
NAMES_IT = re.compile(r"^.*Project Gutenberg.*$|^.*SMALL PRINT.*$", re.IGNORECASE | re.MULTILINE)
# Notes in brackets, runs of headlines, tables.
NOT_RUNNING = re.compile(
    r"\[(?:Illustration|Footnote|Sidenote)|\{\s*footnote|^\[|^\{|--.*--.*--.*--|\.{4,}|   ", re.IGNORECASE
)
EDGE = 0.05  # of the result's length: its head and its tail
Stripper = Callable[[str], str]


def own(raw: str) -> str:
    body = find_body(raw)
    return raw[body.start : body.end]


def references() -> dict[str, Stripper]:
    """The strippers that are installed."""
    found: dict[str, Stripper] = {}
    try:
        from gutenberg_cleaner import simple_cleaner, super_cleaner

        found["gutenberg-cleaner, simple"] = simple_cleaner
        found["gutenberg-cleaner, super"] = lambda raw: super_cleaner(raw, -1)
    except ImportError as error:
        print(f"gutenberg-cleaner is left out ({error})", file=sys.stderr)
    try:
        from gutenbergpy.textget import strip_headers

        found["gutenbergpy"] = lambda raw: strip_headers(raw.encode()).decode()
    except ImportError as error:
        print(f"gutenbergpy is left out ({error})", file=sys.stderr)
    return found


def letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text).casefold()


def running_text(raw: str) -> list[str]:
    """Paragraphs that any reader would call the book's text, found without the code that is measured."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    middle = len(lines) // 2
    named = list(NAMES_IT.finditer(lines))
    begin = max((match.end() for match in named if match.start() < middle), default=0)
    stop = min((match.start() for match in named if match.start() >= middle), default=len(lines))
    found = []
    for paragraph in re.split(r"\n\s*\n", lines[begin:stop]):
        text = " ".join(paragraph.split())
        if (
            len(paragraph.strip().split("\n")) >= 3
            and len(text) >= 200
            and text.rstrip("_)]'\"”’").endswith((".", "!", "?"))
            and not NOT_RUNNING.search(text)
            and not WORDS.search(text)
            and sum(char.isdigit() for char in text) < 0.05 * len(text)
        ):
            found.append(text)
    return found


@dataclass
class Tally:
    files: int = 0
    left: int = 0
    left_head: int = 0
    left_tail: int = 0
    kept: list[float] = field(default_factory=list)
    exact: int = 0
    seconds: float = 0.0
    characters: int = 0

    def add(self, result: str, kept: float, exact: bool, seconds: float, size: int) -> None:
        places = [match.start() for match in WORDS.finditer(result)]
        self.files += 1
        self.left += bool(places)
        self.left_head += any(place < EDGE * len(result) for place in places)
        self.left_tail += any(place >= (1 - EDGE) * len(result) for place in places)
        self.kept.append(kept)
        self.exact += exact
        self.seconds += seconds
        self.characters += size

    def row(self, exact: bool) -> dict[str, float | int]:
        row: dict[str, float | int] = {
            "files": self.files,
            "files_with_boilerplate": self.left,
            "at_the_head": self.left_head,
            "at_the_tail": self.left_tail,
            "clean_and_98_percent_kept": self.both,
            "kept_least": min(self.kept),
            "kept_mean": sum(self.kept) / len(self.kept),
            "cpu_seconds_per_million_characters": 1e6 * self.seconds / self.characters,
        }
        return row | ({"files_exact": self.exact} if exact else {})

    both: int = 0


def measured(stripper: Stripper, raw: str) -> tuple[str, float]:
    start = time.process_time()
    result = stripper(raw)
    return result, time.process_time() - start


def share(wanted: list[str], result: str) -> float:
    """The share of the wanted paragraphs' characters that stand in the result."""
    have = letters(result)
    alone = {letters(paragraph) for paragraph in re.split(r"\n\s*\n", result.replace("\r\n", "\n"))}
    kept = sum(len(text) for text in wanted if letters(text) in alone or letters(text) in have)
    return kept / max(1, sum(map(len, wanted)))


def dropped(wanted: list[str], parsed: Parsed) -> Counter[str]:
    """Characters of the wanted paragraphs that are among the rejects, by reason."""
    reasons = {letters(reject["text"]): reject["reason"] for reject in parsed.rejects}
    counts: Counter[str] = Counter()
    for text in wanted:
        if reason := reasons.get(letters(text)):
            counts[reason] += len(text)
    return counts


def word_share(body: str, result: str) -> float:
    wanted, have = Counter(body.split()), Counter(result.split())
    return sum((wanted & have).values()) / max(1, sum(wanted.values()))


def parsed_text(parsed: Parsed) -> str:
    return "\n\n".join(segment["text"] for segment in parsed.segments)


def spans(parsed: Parsed, raw: str) -> Counter[str]:
    """How each segment stands to its span: the same words, the words without marks, or something else."""
    counts: Counter[str] = Counter()
    for segment in parsed.segments:
        span = raw[segment["start"] : segment["end"]]
        if span.split() == segment["text"].split():
            counts["the same words"] += 1
        else:
            rest = iter(span)
            in_order = all(char in rest for char in segment["text"] if not char.isspace())
            counts["the same without marks" if in_order else "wrong"] += 1
    return counts


def books_of(mirror: Path) -> list[Source]:
    """Every text of Project Gutenberg in the mirror, plays as books; sources.yaml names most of them."""
    known = {source.path: source for source in all_sources(ROOT / "data/sources.yaml")}
    found = []
    files = [*(mirror / "gutenberg").glob("*.txt"), *(mirror / "plays").glob("pg*.txt")]
    for path in sorted(files):
        name = path.relative_to(mirror).as_posix()
        source = known.get(name) or Source(
            id=path.stem, corpus="full", kind="gutenberg", persona="neutral", title="?", author="",
            licence="?", path=name,
        )  # fmt: skip
        found.append(source.model_copy(update={"kind": "gutenberg", "characters": {}}))
    return found


def on_mirror(mirror: Path, strippers: dict[str, Stripper]) -> dict[str, object]:
    tallies = {name: Tally() for name in [*strippers, "twainbot, parsed"]}
    found: Counter[str] = Counter()
    books: dict[str, dict[str, object]] = {}
    for source in books_of(mirror):
        data = (mirror / source.path).read_bytes()
        raw, _ = decode(data, source.path)
        wanted = running_text(raw)
        for name, stripper in strippers.items():
            result, seconds = measured(stripper, raw)
            note(tallies[name], result, share(wanted, result), False, seconds, len(raw))
        start = time.process_time()
        parsed = parse_source(source, data)
        seconds = time.process_time() - start
        found += spans(parsed, raw)
        size = max(1, sum(map(len, wanted)))
        reasons = dropped(wanted, parsed)
        kept = share(wanted, parsed_text(parsed))
        note(tallies["twainbot, parsed"], parsed_text(parsed), kept, False, seconds, len(raw))
        books[source.id] = {
            "kept_share": parsed.kept_share(),
            "running_text_kept": kept,
            "running_text_dropped": {reason: count / size for reason, count in sorted(reasons.items())},
            "pieces": parsed.counts(),
        }
    return {
        "strippers": {name: tally.row(exact=False) for name, tally in tallies.items()},
        "spans": dict(found),
        "books": books,
    }


def on_matrix(strippers: dict[str, Stripper]) -> dict[str, dict[str, float | int]]:
    sys.path.insert(0, str(ROOT / "tests"))
    from gutenberg_styles import AUTHOR, FOOTERS, HEADERS, TITLE, book

    tallies = {name: Tally() for name in [*strippers, "twainbot, parsed"]}
    # Long enough for strippers that look for a footer after some hundred lines only, and without the lines of
    # the tests that begin as a credit does.
    paragraphs = [text for text in book(15) if not text.startswith(("Produced by", "Small print"))]
    body = "\n\n".join(paragraphs)
    source = Source(
        id="fog", corpus="full", kind="gutenberg", persona="twain", title=TITLE, author=AUTHOR,
        licence="CC0-1.0", path="fog.txt",
    )  # fmt: skip
    prose = "\n\n".join(p for p in paragraphs if not p.startswith("CHAPTER"))
    for header in HEADERS.values():
        for footer in FOOTERS.values():
            raw = f"{header}{body}\n{footer}".replace("\n", "\r\n")
            for name, stripper in strippers.items():
                result, seconds = measured(stripper, raw)
                exact = result.split() == body.split()
                note(tallies[name], result, word_share(body, result), exact, seconds, len(raw))
            start = time.process_time()
            text = parsed_text(parse_source(source, raw.encode()))
            seconds = time.process_time() - start
            exact = text.split() == prose.split()
            note(tallies["twainbot, parsed"], text, word_share(prose, text), exact, seconds, len(raw))
    return {name: tally.row(exact=True) for name, tally in tallies.items()}


def note(tally: Tally, result: str, kept: float, exact: bool, seconds: float, size: int) -> None:
    tally.add(result, kept, exact, seconds, size)
    tally.both += not WORDS.search(result) and kept >= 0.98


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--mirror", type=Path, required=True, help="a folder laid out as data/sources.yaml's paths"
    )
    strippers = {"twainbot": own, **references()}
    result = {"mirror": on_mirror(parser.parse_args().mirror, strippers), "matrix": on_matrix(strippers)}
    write_json(RESULT, result)
    print(f"written to {RESULT}")


if __name__ == "__main__":
    main()
