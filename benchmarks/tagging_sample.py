"""Draw the 300 passages that are labelled for the tags, and write their texts out for an annotator.

    python benchmarks/tagging_sample.py --passages data/dedupe/passages.parquet
    python benchmarks/tagging_sample.py --export /tmp/passages.jsonl

The first form needs the full corpus up to the dedupe stage, and draws data/tagging/sample.jsonl:
places in raw files, no text. The draw is stratified by voice and by two loose word lists (weather words,
marks of humour), half of each stratum from the books, scenes and months of the training side, half
from those of the test side; ``weight`` is how many passages of its side and stratum a drawn one stands
for. The second form reads the places' text from TWAINBOT_MIRROR and writes it shuffled and without
labels, source or persona.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

from twainbot.corpus.decode import decode
from twainbot.corpus.sources import load_sources
from twainbot.dataset.sampling import draw
from twainbot.files import content_id, read_jsonl, read_parquet, sha256_file, write_jsonl
from twainbot.records import Passage
from twainbot.text.labelled import Labelled, Side, locate, texts

SAMPLE = Path("data/tagging/sample.jsonl")
TRAINING = Path("data/tagging/training.jsonl")
SEED = 3
# Passages drawn from each stratum, both sides together: voice -> (weather words, marks of humour, other).
DRAWN = {
    "twain": (34, 26, 26),
    "franklin": (20, 12, 14),
    "neutral": (24, 14, 10),
    "stage": (8, 4, 8),
    "satire": (24, 0, 24),
    "deadpan": (26, 0, 26),
}
# Drawn beside these from the training side, labelled by one annotator only: never used for a figure.
MORE = {
    "twain": (16, 36, 22),
    "franklin": (6, 14, 16),
    "neutral": (12, 20, 8),
    "stage": (0, 0, 0),
    "satire": (18, 0, 24),
    "deadpan": (12, 0, 16),
}
# Likewise, of those that speak in rules or general truths: few do, and a random draw hardly finds them.
TEACHING_DRAWN = {"twain": 14, "franklin": 20, "neutral": 26}
TEACHING = re.compile(
    r"\b(?:he that|those who|every man|no man|all men|human nature|proverb|ought|must|should|let us|"
    r"therefore|hence|virtue|wisdom|the wise|fools?)\b",
    re.IGNORECASE,
)
STRATA = ("weather", "humour", "other")
# Loose on purpose, and not the rules of the tag stage: a stratum must hold figurative uses too.
WEATHER = re.compile(
    r"\b(?:weather|rain|storm|thunder|lightning|snow|frost|fog|hail|wind|gale|tempest|cloud|sunshine|flood|"
    r"drought|heat|cold|warm|freez|ice|hurricane|tornado|climate|temperature|summer|winter|forecast)\w*",
    re.IGNORECASE,
)
HUMOUR = re.compile(
    r"\b(?:joke|laugh|ridicul|absurd|fool|ass|humou?r|comic|of course|naturally|no doubt|it is said|million|"
    r"as if|like an?|never saw|always|nothing so|than to)\w*",
    re.IGNORECASE,
)
# Works whose labelled passages are for testing only; posts go by month.
TEST_WORKS = {"pg76", "pg102", "pg119", "pg245", "franklin_works", "pg98", "pg844", "pg1342", "pg1533"}


def voice(passage: Passage) -> str | None:
    if passage["kind"] == "play":
        return "stage"
    return passage["persona"] if passage["persona"] in DRAWN else None


def stratum(passage: Passage) -> str:
    if WEATHER.search(passage["text"]):
        return "weather"
    return "humour" if passage["kind"] != "post" and HUMOUR.search(passage["text"]) else "other"


def side(passage: Passage, work: str) -> Side:
    if passage["kind"] == "post":
        # By month whatever the dump: the same news is posted to several places.
        month = passage["family"].rpartition("/")[2]
        return "test" if draw(SEED, "side", month) < 0.5 else "train"
    return "test" if work in TEST_WORKS else "train"


def draw_sample(passages: list[Passage], mirror: Path) -> tuple[list[Labelled], list[Labelled], Counter[str]]:
    """The sample, more for training, and how many passages were drawn from or passed over, by reason."""
    sources = {source.id: source for source in load_sources("data/sources.yaml", "full")}
    pools: dict[tuple[str, str, Side], list[Passage]] = defaultdict(list)
    for passage in passages:
        if (name := voice(passage)) is not None:
            source = sources[passage["source_id"]]
            pools[name, stratum(passage), side(passage, source.work or source.id)].append(passage)
    raws: dict[str, str] = {}
    counts: Counter[str] = Counter()

    def place(passage: Passage, group: str, half: Side, weight: float) -> Labelled | None:
        """Where the passage stands, or None if its words are not contiguous in the raw file."""
        path = sources[passage["source_id"]].path
        if path not in raws:
            raws[path] = decode((mirror / path).read_bytes(), path)[0]
        found = locate(raws[path], passage["start"], passage["end"], passage["text"])
        if found is None:
            counts["passed over: its words are not contiguous in the raw file"] += 1
            return None
        return Labelled(
            id=content_id("lab", passage["source_id"], str(found[0]), str(found[1])),
            source_id=passage["source_id"],
            path=path,
            raw_sha256=sha256_file(mirror / path),
            start=found[0],
            end=found[1],
            kind=passage["kind"],
            persona=passage["persona"],
            family=passage["family"],
            side=half,
            stratum=group,
            weight=weight,
        )

    def taken(pool: list[Passage], group: str, half: Side, wanted: int, weight: float) -> list[Labelled]:
        chosen: list[Labelled] = []
        for passage in sorted(pool, key=lambda each: draw(SEED, "draw", each["id"])):
            if len(chosen) == wanted:
                break
            if entry := place(passage, group, half, weight):
                chosen.append(entry)
        return chosen

    sample: list[Labelled] = []
    training: list[Labelled] = []
    for (name, group, half), pool in sorted(pools.items()):
        wanted = DRAWN[name][STRATA.index(group)] // 2
        more = MORE[name][STRATA.index(group)] if half == "train" else 0
        weight = round(len(pool) / max(1, min(wanted, len(pool))), 4)
        drawn = taken(pool, f"{name}/{group}", half, wanted + more, weight)
        sample += drawn[:wanted]
        training += drawn[wanted:]
        counts[f"{name}/{group}/{half}: {len(drawn)} of {len(pool)}"] += 1
    known = {entry["id"] for entry in (*sample, *training)}
    for name, wanted in TEACHING_DRAWN.items():
        pool = [
            passage
            for (voice_of, _, half), passages_of in sorted(pools.items())
            if voice_of == name and half == "train"
            for passage in passages_of
            if len(TEACHING.findall(passage["text"])) >= 2
        ]
        drawn = taken(pool, f"{name}/teaching", "train", wanted, 0.0)
        training += [entry for entry in drawn if entry["id"] not in known]
    return sample, training, counts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=Path, help="draw the sample from this Parquet file")
    parser.add_argument("--export", type=Path, help="write the texts of the sample to this file")
    parser.add_argument(
        "--training", action="store_true", help="export the further training passages instead"
    )
    arguments = parser.parse_args()
    mirror = Path(os.environ["TWAINBOT_MIRROR"])
    if arguments.passages:
        sample, training, counts = draw_sample(read_parquet(arguments.passages), mirror)
        write_jsonl(SAMPLE, sample)
        write_jsonl(TRAINING, training)
        for reason, count in sorted(counts.items()):
            print(f"{count:4d}  {reason}")
    if arguments.export:
        sample = read_jsonl(TRAINING if arguments.training else SAMPLE)
        found = texts(sample, mirror)
        shuffled = sorted(sample, key=lambda entry: draw(SEED, "shuffle", entry["id"]))
        write_jsonl(
            arguments.export,
            (
                {"number": n, "id": e["id"], "kind": e["kind"], "text": found[e["id"]]}
                for n, e in enumerate(shuffled)
            ),
        )


if __name__ == "__main__":
    main()
