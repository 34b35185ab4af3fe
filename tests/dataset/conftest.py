"""What the split stage reads, small: passages and style rows made up, conversations of the tool stage."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import passage

from twainbot.files import read_jsonl, write_jsonl, write_parquet
from twainbot.records import PASSAGE, Example

ROOT = Path(__file__).resolve().parents[2]
EPISODES = 700
# Persona -> kind of its passages and template of its rows.
PERSONAS = {
    "twain": ("book", "talk"),
    "franklin": ("book", "talk"),
    "neutral": ("book", "talk"),
    "satire": ("post", "headline"),
    "deadpan": ("post", "headline"),
    "hamlet": ("play", "character"),
    "macbeth": ("play", "character"),
}
# Invented words, so that no two sentences have eight in common by chance.
_PARTS = (("bar", "con", "del", "fen"), ("to", "mi", "sa"), ("ck", "ll", "ns", "r"))
_WORDS = ["".join(parts) for parts in itertools.product(*_PARTS)]


def _sentence(rng: random.Random, length: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(length)).capitalize() + "."


def _style_rows() -> tuple[list[Any], list[Example]]:
    rng = random.Random(3)
    passages, rows = [], []
    for persona, (kind, template) in PERSONAS.items():
        for number in range(120):
            text = " ".join(_sentence(rng, rng.randint(8, 14)) for _ in range(1 if kind == "post" else 4))
            about = text.split()[1]
            made = passage(
                text,
                len(passages),
                kind=kind,
                persona=persona,
                family=f"{persona}/{number // 8}",
                holdout=persona == "neutral" and number < 16,
            )
            passages.append(made)
            rows.append(
                {
                    "id": f"row-{len(rows):016x}",
                    "messages": [
                        {"role": "system", "content": f"You are {persona}."},
                        {"role": "user", "content": f"What about {about}?"},
                        {"role": "assistant", "content": text},
                    ],
                    "tools": None,
                    "tags": {
                        "persona": persona,
                        "tone": "plain",
                        "domain": "weather" if number % 3 else "general",
                        "source": kind,
                        "device": "none",
                    },
                    "origin": "human",
                    "generator": "",
                    "template_id": template,
                    "parents": [made["id"]],
                    "family": made["family"],
                    "split": "test" if made["holdout"] else None,
                }
            )
    return passages, rows  # type: ignore[return-value]


@pytest.fixture(scope="session")
def split_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the tool stage and the split stage have run; no test may write to it."""
    from twainbot.stages import split, toolcalls

    folder = tmp_path_factory.mktemp("split")
    for name in ("data/tools", "data/prompts", "data/lexicons", "data/eval"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "data/personas.yaml", folder / "data/personas.yaml")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["toolcalls"]["episodes"] = EPISODES
    params["contrast"]["pairs"] = 400
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    passages, rows = _style_rows()
    write_parquet(folder / "data/tag/passages.parquet", passages, PASSAGE)
    write_jsonl(folder / "data/instruct/examples.jsonl", rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        toolcalls.main()
        split.main()
    return folder


@pytest.fixture(scope="session")
def mixes(split_folder: Path) -> dict[str, list[Any]]:
    """The rows of every mix, of all sides."""
    return {
        mix: [
            row
            for side in ("train", "val", "test")
            for row in read_jsonl(split_folder / f"data/split/{mix}/{side}.jsonl")
        ]
        for mix in ("dapt", "style", "tools", "combined", "prefs")
    }
