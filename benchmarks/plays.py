"""How well plays are parsed, against Bosak's XML of Hamlet and Macbeth as truth.

    python benchmarks/plays.py --mirror DIR [--show]

The truth is read from the XML by the standard library, not by the parser under test: a ``SPEECH`` is one
speech, its ``LINE`` without ``STAGEDIR`` is what is said, its ``SPEAKER`` who says it. The speeches of each
file are aligned with it in order, one to one, so that the sum of the pairs' word overlap is greatest
(Needleman and Wunsch 1970, no cost for a gap). Words are compared by their consonants (``love`` and
``loue``, ``reliev'd`` and ``relieved`` are the same), since the editions spell differently. The overlap is
Dice's: twice the shared words over all words of both.

- ``found``: share of truth speeches whose partner has an overlap of at least 0.5. A speech that is cut in
  two, or joined with its neighbour, loses about half and is mostly not found.
- ``same_extent``: share of truth speeches whose partner also begins and ends with the same words: one of
  the first two and one of the last two are shared. An edition that has another word there costs a speech.
- ``speakers``: share of the found speeches whose speakers agree, after each name of the file is mapped
  to the truth's name that it stands for most often. A mapping is a function, so two persons under one name
  cost the rarer one. ``speaker_among`` also takes a file's one name where the truth has it among
  several: the CSV gives such speeches to one of their speakers and says nothing of the others.
- ``extra``: speeches of the file that are nobody's partner.

These are other editions than the truth (only the CSV was made from it), so 1.0 is not to be had:
``differences`` counts what keeps a truth speech from ``same_extent``, and ``--show`` lists each (not
committed: the mirror's text is not ours to copy). ``absent`` has no partner; ``divided`` would be whole if
the partner were joined with its neighbour or were cut; ``worded`` has a partner of other words.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path

from twainbot.corpus.decode import decode
from twainbot.corpus.parse import parse_source
from twainbot.corpus.sources import Source

FILES = {
    "plays/pg1524.txt": ("plays/bosak_hamlet.xml", 0.99),
    "plays/nrennie_hamlet.csv": ("plays/bosak_hamlet.xml", 0.99),
    "plays/bosak_hamlet.xml": ("plays/bosak_hamlet.xml", 0.99),
    "plays/pg1533.txt": ("plays/bosak_macbeth.xml", 0.99),
    "plays/bosak_macbeth.xml": ("plays/bosak_macbeth.xml", 0.99),
    "plays/pg2264_folio.txt": ("plays/bosak_macbeth.xml", 0.97),
}
OVERLAP = 0.5
BAND = 80
ENDS = 3
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
Spoken = tuple[str, str]


def words(text: str) -> list[str]:
    """The consonants of each word after its first letter; ``v``, ``w`` and ``y`` are vowels, as of old."""
    found = []
    for word in re.findall(
        r"[a-z0-9']+|&", _HYPHEN.sub("", text.lower().replace("’", "'").replace("&", " and "))
    ):
        plain = re.sub(r"[^a-z0-9]", "", word).replace("v", "u").replace("j", "i").replace("ck", "k")
        if plain:
            rest = re.sub(r"[aeiouywh]", "", plain[1:].replace("c", "k").replace("z", "s"))
            found.append(re.sub(r"(.)\1+", r"\1", plain[0] + rest))
    return found


def truth(path: Path) -> list[Spoken]:
    speeches = []
    for speech in ET.parse(path).getroot().iter("SPEECH"):
        lines = [
            " ".join([line.text or "", *((child.tail or "") for child in line)])
            for line in speech.iter("LINE")
        ]
        names = " AND ".join((name.text or "").strip().upper() for name in speech.iter("SPEAKER"))
        if words(" ".join(lines)):
            speeches.append((names, " ".join(lines)))
    return speeches


def parsed(path: Path) -> tuple[list[Spoken], float]:
    source = Source(
        id="play",
        corpus="full",
        kind="play",
        persona="player",
        title="T",
        author="A",
        licence="L",
        path=path.name,
    )
    data = path.read_bytes()
    began = time.process_time()
    found = parse_source(source, data)
    seconds = time.process_time() - began
    raw, _ = decode(data, path.name)
    for segment in found.segments:
        spoken = words(segment["text"])
        within = Counter(words(raw[segment["start"] : segment["end"]]))
        assert not Counter(spoken) - within or path.suffix != ".txt", "a span must hold what is said"
    return [(segment["speaker"] or "", segment["text"]) for segment in found.segments], seconds


def overlap(a: Counter[str], b: Counter[str]) -> float:
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def align(a: list[list[str]], b: list[list[str]]) -> list[tuple[int, int, float]]:
    """Pairs (i, j, overlap) in order that maximise the sum of overlaps, within a band around the diagonal."""
    first, second = [Counter(one) for one in a], [Counter(one) for one in b]
    best: dict[tuple[int, int], float] = defaultdict(float)
    scores: dict[tuple[int, int], float] = {}
    for i in range(1, len(a) + 1):
        middle = round(i * len(b) / max(1, len(a)))
        for j in range(max(1, middle - BAND), min(len(b), middle + BAND) + 1):
            score = scores[i, j] = overlap(first[i - 1], second[j - 1])
            best[i, j] = max(
                best.get((i - 1, j), 0.0), best.get((i, j - 1), 0.0), best.get((i - 1, j - 1), 0.0) + score
            )
    pairs = []
    i, j = len(a), len(b)
    while i and j:
        here = best.get((i, j), 0.0)
        if scores.get((i, j)) and here == best.get((i - 1, j - 1), 0.0) + scores[i, j]:
            pairs.append((i - 1, j - 1, scores[i, j]))
            i, j = i - 1, j - 1
        elif best.get((i - 1, j), 0.0) >= best.get((i, j - 1), 0.0):
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def compare(expected: list[Spoken], found: list[Spoken], show: bool) -> dict[str, object]:
    a, b = [words(text) for _, text in expected], [words(text) for _, text in found]
    partner = {i: (j, score) for i, j, score in align(a, b)}
    good = {i: j for i, (j, score) in partner.items() if score >= OVERLAP}
    same = {
        i
        for i, j in good.items()
        if set(a[i][:ENDS]) & set(b[j][:ENDS]) and set(a[i][-ENDS:]) & set(b[j][-ENDS:])
    }
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for i, j in good.items():
        names[found[j][0]][expected[i][0]] += 1
    stands_for = {name: counts.most_common(1)[0][0] for name, counts in names.items()}
    wrong = [i for i, j in good.items() if stands_for[found[j][0]] != expected[i][0]]
    among = [i for i in wrong if stands_for[found[good[i]][0]] in expected[i][0].split(" AND ")]
    differences: Counter[str] = Counter()
    for i in range(len(expected)):
        if i in same:
            continue
        kind = _difference(i, a, b, partner)
        differences[kind] += 1
        if show:
            j = partner.get(i, (None, 0))[0]
            print(f"{kind}\n  truth {expected[i]}\n  file  {found[j] if j is not None else None}")
    if show:
        for i in wrong:
            print(f"speaker\n  truth {expected[i]}\n  file  {found[good[i]]}")
        taken = {j for j, _ in partner.values()}
        for j in sorted(set(range(len(found))) - taken):
            print(f"extra  {found[j]}")
    return {
        "truth_speeches": len(expected),
        "speeches": len(found),
        "found": round(len(good) / len(expected), 4),
        "same_extent": round(len(same) / len(expected), 4),
        "speakers": round(1 - len(wrong) / len(good), 4),
        "speaker_among": round(1 - (len(wrong) - len(among)) / len(good), 4),
        "extra": len(found) - len(partner),
        "differences": dict(sorted(differences.items())),
    }


def _difference(i: int, a: list[list[str]], b: list[list[str]], partner: dict[int, tuple[int, float]]) -> str:
    if i not in partner:
        return "absent"
    j, score = partner[i]
    own = Counter(a[i])
    joined = max(overlap(own, Counter(b[j] + b[k])) for k in (j - 1, j + 1) if 0 <= k < len(b))
    ours = Counter(b[j])
    cut = max(overlap(Counter(a[i] + a[k]), ours) for k in (i - 1, i + 1) if 0 <= k < len(a))
    return "divided" if max(joined, cut) > score else "worded"


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--mirror", type=Path, required=True, help="the folder that holds plays/")
    options.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "plays.json")
    options.add_argument("--show", action="store_true", help="print every difference")
    chosen = options.parse_args()
    result = {}
    for path, (expected, wanted) in FILES.items():
        if chosen.show:
            print(f"\n=== {path}")
        found, seconds = parsed(chosen.mirror / path)
        compared = compare(truth(chosen.mirror / expected), found, chosen.show)
        size = (chosen.mirror / path).stat().st_size
        result[path] = {
            "truth": expected,
            "wanted": wanted,
            **compared,
            "mb_per_cpu_second": round(size / seconds / 1e6, 2),
        }
        print(path, json.dumps(compared))
    chosen.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
