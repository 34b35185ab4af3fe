"""How good the tags are, and what the mirror holds of the mission's subjects.

    TWAINBOT_MIRROR=/path/to/raw/files python benchmarks/tagging.py [--passages data/tag/passages.parquet]

Scores the tag stage on the 150 labelled passages of the test side (no book, scene or month of theirs
was trained on), against each annotator's labels; compares with the tags that the persona alone or the
training share would give; and gives the annotators' agreement, which bounds what any tagger can reach.
With --passages, a tagged or untagged full corpus, also counts the selection and times the tagging.
Writes benchmarks/results/tagging.json.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from twainbot.evaluation.tagging import agreement, interval, judge, ranking, stratified_total, tag_quality
from twainbot.files import read_json, read_jsonl, read_parquet, rounded, write_json
from twainbot.params import read_params
from twainbot.records import Passage
from twainbot.text.cues import read_lexicon
from twainbot.text.labelled import Label, Labelled, named, texts
from twainbot.text.selection import HUMOUR, PERSONAS, selection
from twainbot.text.tag import TAGS, given, read_model, tag

RESULT = Path("benchmarks/results/tagging.json")
RESAMPLES = 2000


def persona_brier(labelled: list[Labelled], labels: list[Label], name: str) -> float:
    """Brier score on the test side of the share that the tag has among the persona's training passages."""
    truth = {label["id"]: name in named(label) for label in labels}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for entry in labelled:
        if entry["side"] == "train":
            counts[entry["persona"]][0] += truth[entry["id"]]
            counts[entry["persona"]][1] += 1
    overall = sum(yes for yes, _ in counts.values()) / sum(n for _, n in counts.values())
    tested = [entry for entry in labelled if entry["side"] == "test"]
    errors = [
        ((counts[e["persona"]][0] + overall) / (counts[e["persona"]][1] + 1) - truth[e["id"]]) ** 2
        for e in tested
    ]
    return sum(errors) / len(errors)


def estimated_selection(sample: list[Labelled], labels: list[Label]) -> dict[str, Any]:
    """What the corpus holds of the mission's subjects, from one annotator's labels alone."""
    tags = {label["id"]: named(label) for label in labels}
    result: dict[str, Any] = {}
    for name in (*PERSONAS, "posts"):
        for subject in ("weather", "humour", "weather or humour", "weather and humour"):
            strata: dict[str, tuple[float, list[bool]]] = {}
            for entry in sample:
                if name != ("posts" if entry["kind"] == "post" else entry["persona"]):
                    continue
                weather = "weather" in tags[entry["id"]]
                humour = not HUMOUR.isdisjoint(tags[entry["id"]])
                yes = {
                    "weather": weather,
                    "humour": humour,
                    "weather or humour": weather or humour,
                    "weather and humour": weather and humour,
                }[subject]
                size, drawn = strata.get(f"{entry['stratum']}, {entry['side']}", (0.0, []))
                strata[f"{entry['stratum']}, {entry['side']}"] = (size + entry["weight"], [*drawn, yes])
            result.setdefault(name, {})[subject] = interval(stratified_total(strata))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--passages", type=Path, help="deduplicated passages of the full corpus, a Parquet file"
    )
    arguments = parser.parse_args()
    params = read_params("tag", "seed")
    folder = Path(params.tag.labels)
    thresholds = params.tag.thresholds.model_dump()
    lexicon = read_lexicon(Path(params.tag.lexicon))
    model = read_model(folder / "weights.json", lexicon)
    sample: list[Labelled] = read_jsonl(folder / "sample.jsonl")
    labels: list[Label] = read_jsonl(folder / "labels.jsonl")
    tested = [entry for entry in sample if entry["side"] == "test"]
    found = texts(tested, Path(os.environ["TWAINBOT_MIRROR"]))
    result: dict[str, Any] = {
        "labelled": dict(Counter(f"{entry['side']}, {entry['persona']}" for entry in sample)),
        "agreement": agreement(labels),
        "quality": {},
        "ranking within Twain": {},
        "selection, estimated from labels": {},
    }
    of_sample = {entry["id"] for entry in sample}
    for annotator in sorted({label["annotator"] for label in labels}):
        theirs = [label for label in labels if label["annotator"] == annotator and label["id"] in of_sample]
        judged = judge(tested, theirs, found, lexicon, model, thresholds)
        result["quality"][f"against {annotator}"] = {
            name: {
                **tag_quality(judged, name, seed=params.seed, resamples=RESAMPLES),
                "brier_of_the_persona": persona_brier(sample, theirs, name),
                "for the corpus": {
                    key: value
                    for key, value in tag_quality(
                        judged, name, seed=params.seed, resamples=RESAMPLES, weighted=True
                    ).items()
                    if key in ("precision", "recall", "f1")
                },
            }
            for name in TAGS
        }
        twain = [each for each, entry in zip(judged, tested, strict=True) if entry["persona"] == "twain"]
        result["ranking within Twain"][f"against {annotator}"] = {
            name: ranking([each.scores[name] for each in twain], [name in each.truth for each in twain])
            for name in TAGS
        }
        result["selection, estimated from labels"][f"by {annotator}"] = estimated_selection(sample, theirs)
    if arguments.passages:
        passages: list[Passage] = read_parquet(arguments.passages)
        start = time.process_time()
        tagged = tag(passages, lexicon, model, thresholds)
        seconds = time.process_time() - start
        result["selection"] = selection(tagged, thresholds)
        result["tags"] = {
            name: sum(name in given(p["tag_scores"] or {}, thresholds) for p in tagged) for name in TAGS
        }
        result["passages"] = len(tagged)
        result["cpu_seconds"] = round(seconds, 1)
    elif RESULT.exists():
        earlier = read_json(RESULT)
        result |= {
            key: earlier[key] for key in ("selection", "tags", "passages", "cpu_seconds") if key in earlier
        }
    write_json(RESULT, rounded(result))


if __name__ == "__main__":
    main()
