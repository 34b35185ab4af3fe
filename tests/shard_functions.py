"""Functions that tests hand to map_shards. In a module of their own, because workers import them by name."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twainbot.engine import map_shards
from twainbot.files import InputError
from twainbot.sections.texts import Engine

HELD = "d"  # the shard that waits while the file `hold` is there; `held` then has its process


@dataclass(frozen=True)
class Settings:
    """Everything of which a key must not depend on the hash seed."""

    words: frozenset[str]
    pattern: re.Pattern[str]
    folder: Path
    by_name: Mapping[str, frozenset[str]]


def settings(*words: str) -> Settings:
    chosen = frozenset(words)
    return Settings(chosen, re.compile("|".join(sorted(chosen))), Path("data"), {"words": chosen})


def repeat(shard: str, times: int) -> str:
    """The shard repeated, after a while that is the longer, the earlier the shard."""
    time.sleep(0.2 if shard == "a" else 0.0)
    return shard * times


def fail(shard: str, _: None) -> str:
    if shard == "c":
        raise ZeroDivisionError("the third shard")
    return shard


def complain(shard: str, _: None) -> str:
    if shard in "bd":
        raise InputError(f"{shard} is wrong. Mend it.")
    return shard


def counted(shard: str, times: int) -> str:
    """As `repeat`; notes each call, and waits at HELD while `hold` is there."""
    with Path("calls.txt").open("a", encoding="utf-8") as calls:
        calls.write(shard)
    if shard == HELD and Path("hold").exists():
        Path("held.tmp").write_text(str(os.getpid()), encoding="utf-8")
        Path("held.tmp").replace("held")
        for _ in range(600):
            if Path("hold").exists():
                time.sleep(0.1)
    return shard * times


def run_counted(shards: str, times: int, engine: Engine) -> list[str]:
    """`counted` over the letters of `shards`, those after HELD last."""
    return list(
        map_shards(
            counted,
            {letter: letter for letter in shards},
            times,
            name="counted",
            engine=engine,
            files=[Path("read.txt")],
            cost=lambda shard: ord("z") - ord(shard),
        )
    )


if __name__ == "__main__":  # as a stage is run: python -m shard_functions SHARDS TIMES ENGINE
    try:
        print(*run_counted(sys.argv[1], int(sys.argv[2]), Engine.model_validate_json(sys.argv[3])))
    except InputError as error:
        sys.exit(str(error))
