"""A folder in which a teacher has something to be asked about."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from builders import passage
from workspace import ROOT, make_workspace, run_stages

from twainbot.files import write_parquet
from twainbot.records import PASSAGE

NOUNS = "pilot ferry lantern kettle banker mule parson harvest cellar orchard".split()  # noqa: SIM905
PLANNED = 4 + 3 + 2 + 2 + 2  # requests of the folder: style, neutralise, joke, paraphrase, backtranslate


def workspace(folder: Path, base_url: str, **settings: Any) -> Path:
    """A folder with twenty passages and their rows, whose teacher is at ``base_url``."""
    make_workspace(folder, without=("data/teacher",))
    shutil.copytree(ROOT / "data/teacher", folder / "data/teacher", ignore=shutil.ignore_patterns("resp*"))
    texts = [
        f"The {noun} stood by the {other}, and the {noun} was there on the day before as well."
        for noun, other in zip(NOUNS, NOUNS[1:] + NOUNS[:1], strict=True)
    ]
    passages = [passage(text, n, family=f"book/{n}") for n, text in enumerate(texts)]
    passages += [
        passage(f"Many hold that t{text[1:]}", n + 10, persona="neutral", family=f"plain/{n}")
        for n, text in enumerate(texts)
    ]
    write_parquet(folder / "data/tag/passages.parquet", passages, PASSAGE)
    values = {
        "base_url": base_url, "concurrency": 1, "retries": 0, "personas": "[twain]", "style": 4,
        "neutralise": 3, "joke": 2, "paraphrase": 2, "backtranslate": 2,
    } | settings  # fmt: skip
    path = folder / "params.yaml"
    before, section, after = re.split(r"(?ms)^(teacher:.*?)(?=^\S)", path.read_text(), maxsplit=1)
    for name, value in values.items():
        section, count = re.subn(rf"(?m)^( +{name}:) [^#\n]*", rf"\1 {value}  ", section)
        assert count == 1, name
    path.write_text(before + section + after)
    run_stages(folder, "instruct")
    return folder
