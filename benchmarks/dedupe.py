"""Near-duplicate removal against an exact join and against datasketch, in one run.

    python benchmarks/dedupe.py

Writes benchmarks/results/dedupe.json. Times are CPU seconds of this process, from texts to the decision
which to keep; memory is the peak of a process that does nothing else. datasketch is timed on the first
``--datasketch-documents`` of the same texts (its rate does not depend on their number) in two ways: in a
loop, as its documentation shows, and with its ``bulk`` and a fast hash. Word splitting is ours for all.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xxhash
from datasketch import MinHash, MinHashLSH
from exact_join import exact_join, jaccard, shingle_sets
from near_duplicates import Writer, texts_with_duplicates

from twainbot.params import load_params
from twainbot.text.dedupe import keep_best
from twainbot.text.normalize import words
from twainbot.text.similar import DedupeRules, SimilarityIndex, duplicate_pairs

RESULT = Path(__file__).parent / "results/dedupe.json"
SEED = 20261121
SHARE = 0.2


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def remove(texts: Sequence[str], rules: DedupeRules) -> dict[int, tuple[int, float]]:
    return keep_best(range(len(texts)), SimilarityIndex(texts, rules))


def shingles(text: str) -> set[str]:
    found = words(text)
    return {" ".join(found[i : i + 5]) for i in range(len(found) - 4)}


def datasketch_loop(texts: Sequence[str]) -> int:
    """https://ekzhu.com/datasketch/lsh.html"""
    lsh = MinHashLSH(threshold=0.8, num_perm=128)
    found = 0
    for number, text in enumerate(texts):
        minhash = MinHash(num_perm=128)
        for shingle in shingles(text):
            minhash.update(shingle.encode("utf8"))
        found += len(lsh.query(minhash))
        lsh.insert(str(number), minhash)
    return found


def datasketch_bulk(texts: Sequence[str]) -> int:
    """Its fastest way, with an index as wide as ours, not verified."""
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    encoded = ([shingle.encode("utf8") for shingle in shingles(text)] for text in texts)
    found = 0
    for number, minhash in enumerate(MinHash.generator(encoded, hashfunc=xxhash.xxh32_intdigest)):
        found += len(lsh.query(minhash))
        lsh.insert(number, minhash)
    return found


def accuracy(
    texts: Sequence[str], rules: DedupeRules, removed: dict[int, tuple[int, float]]
) -> dict[str, Any]:
    sets = shingle_sets(texts)
    true = exact_join(sets, rules.threshold)
    found = duplicate_pairs(texts, rules)
    shared = found.keys() & true.keys()
    # What the same greedy choice keeps if it knows every pair.
    kept: set[int] = set()
    for number, neighbours in enumerate(_neighbours(true, len(texts))):
        if not neighbours & kept:
            kept.add(number)
    return {
        "true_pairs": len(true),
        "found_pairs": len(found),
        "precision": len(shared) / len(found),
        "recall": len(shared) / len(true),
        "similarities_equal": all(found[pair] == true[pair] for pair in shared),
        "kept": len(texts) - len(removed),
        "kept_by_exact_join": len(kept),
        "removed_without_kept_neighbour": sum(
            keeper in removed or jaccard(sets[text], sets[keeper]) < rules.threshold
            for text, (keeper, _) in removed.items()
        ),
    }


def _neighbours(pairs: dict[tuple[int, int], float], count: int) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(count)]
    for i, j in pairs:
        found[j].add(i)
    return found


def one_word_changed(rules: DedupeRules, each: int = 200) -> dict[str, Any]:
    """Texts of each length from 8 to 60 words, each with a copy in which one word is another."""
    writer = Writer(SEED)
    lengths = range(8, 61)
    caught: dict[int, float] = {}
    unrelated = 0
    for length in lengths:
        originals = [writer.words(length) for _ in range(each)]
        copies = []
        for original in originals:
            copy = list(original)
            at = writer.rng.randrange(length)
            while copy[at] == original[at]:
                copy[at] = writer.words(1)[0]
            copies.append(copy)
        pairs = duplicate_pairs([writer.text(text) for text in originals + copies], rules)
        expected = {(i, i + each) for i in range(each)}
        caught[length] = len(expected & pairs.keys()) / each
        unrelated += len(pairs.keys() - expected)
    return {
        "texts_of_each_length": each,
        "caught_8_to_40_words_least": min(share for length, share in caught.items() if length <= 40),
        "caught_8_to_60_words_least": min(caught.values()),
        "unrelated_pairs_merged": unrelated,
    }


def peak_memory(count: int) -> float:
    """Peak resident megabytes of another process that makes the texts and removes the duplicates."""
    command = [sys.executable, __file__, "--memory-of", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--datasketch-documents", type=int, default=5_000)
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    params = load_params()
    rules = DedupeRules(**params.dedupe.model_dump(), seed=params.seed)
    if options.memory_of:
        remove(texts_with_duplicates(options.memory_of, SHARE, SEED), rules)
        # In KiB on Linux, in bytes on macOS.
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
        return

    count = options.documents
    memory = peak_memory(count)  # first: a child inherits the peak of its parent
    texts = texts_with_duplicates(count, SHARE, SEED)
    some = texts[: options.datasketch_documents]
    _, loop = timed(datasketch_loop, some)
    removed, ours = timed(remove, texts, rules)
    _, bulk = timed(datasketch_bulk, some)
    growth = {}
    for size in (count // 16, count // 4):
        # Not a part of the texts, which would hold fewer copies of each other.
        fewer = texts_with_duplicates(size, SHARE, SEED)
        growth[size] = timed(remove, fewer, rules)[1]
    growth[count] = ours
    result = {
        "documents": count,
        "duplicate_share": SHARE,
        "rules": params.dedupe.model_dump(),
        "documents_per_cpu_second": {
            "twainbot": round(count / ours),
            "datasketch_loop": round(len(some) / loop),
            "datasketch_bulk_xxh32": round(len(some) / bulk),
        },
        "times_the_loop": round(count / ours / (len(some) / loop), 1),
        "datasketch_documents": len(some),
        "peak_memory_mb": round(memory),
        "cpu_seconds_by_documents": {str(size): round(seconds, 2) for size, seconds in growth.items()},
        **accuracy(texts, rules, removed),
        "one_word_changed": one_word_changed(rules),
        "versions": {name: version(name) for name in ("datasketch", "numpy", "xxhash")},
        "python": platform.python_version(),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
