"""Passages labelled by reading them: committed as places in raw files, never as text.

A label names the raw file by its sha256 and the characters ``raw[start:end]``, so it outlives any change
of parsing, cleaning or windowing; the text comes from the file when one has it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypedDict

from twainbot.corpus.decode import decode
from twainbot.files import InputError, sha256_file
from twainbot.records import Kind, Passage
from twainbot.text.normalize import normalize, words

Side = Literal["train", "test"]


class Labelled(TypedDict):
    """Where a labelled passage stands, and how it was drawn."""

    id: str
    source_id: str
    path: str  # of the raw file, below the mirror
    raw_sha256: str
    start: int
    end: int
    kind: Kind
    persona: str
    family: str  # book or work, scene, month of posts: never on two sides
    side: Side
    stratum: str
    weight: float  # passages of the corpus that this one stands for


class Label(TypedDict):
    """What one annotator said of one passage. Empty lists mean none of the tones or devices."""

    id: str
    annotator: str
    tone: list[str]
    domain: str
    device: list[str]


def named(label: Label) -> frozenset[str]:
    """All tags that a label gives: tones, devices and the domain."""
    return frozenset((*label["tone"], *label["device"], label["domain"]))


def passage_of(entry: Labelled, text: str) -> Passage:
    """A labelled passage as the tag stage would get it; what tagging does not look at is empty."""
    return Passage(
        id=entry["id"], doc_id="", source_id=entry["source_id"], segments=[], start=entry["start"],
        end=entry["end"], text=text, n_tokens=0, kind=entry["kind"], persona=entry["persona"], section="",
        family=entry["family"], speaker=None, previous=None, tone=None, domain=None, device=None,
        tag_scores=None, quality=0.0, cluster_id=None, holdout=False, flags=[],
    )  # fmt: skip


def locate(raw: str, start: int, end: int, text: str) -> tuple[int, int] | None:
    """The place within ``raw[start:end]`` of the words of ``text``, in order and without a gap.

    Whatever stands between words may differ (line ends, italics marks, quotes). The punctuation around
    the first and the last word is taken along. None if the words do not stand there so.
    """
    pattern = r"[\W_]+?".join(map(re.escape, words(text)))
    around = rf"['\"(‘“]?(?<![^\W_]){pattern}(?![^\W_])[.!?;:)\]'’”]*"
    match = re.search(around, raw[start:end], re.IGNORECASE)
    return (start + match.start(), start + match.end()) if match and pattern else None


def reading_text(raw: str) -> str:
    """A stretch of a raw file as one line: typography made uniform, italics marks and CSV quoting gone."""
    text = normalize(raw).replace('""', '"').replace("_", "")
    text = " ".join(text.split())
    return text[1:] if text.startswith('"') and text.count('"') == 1 else text


def texts(labelled: Sequence[Labelled], folder: Path) -> dict[str, str]:
    """The text of each labelled passage by id, read from the raw files below ``folder``.

    Raises:
        InputError: a file is missing, or is not the one that was labelled.
    """
    files: dict[str, str] = {}
    found: dict[str, str] = {}
    for entry in labelled:
        if entry["path"] not in files:
            files[entry["path"]] = _read(folder / entry["path"], entry)
        found[entry["id"]] = reading_text(files[entry["path"]][entry["start"] : entry["end"]])
    return found


def at_hand(labelled: Sequence[Labelled], folder: Path) -> list[Labelled]:
    """The labelled passages whose raw file, the very one, lies below ``folder``."""
    known = {
        (path, sha256)
        for path, sha256 in {(entry["path"], entry["raw_sha256"]) for entry in labelled}
        if (folder / path).is_file() and sha256_file(folder / path) == sha256
    }
    return [entry for entry in labelled if (entry["path"], entry["raw_sha256"]) in known]


def _read(path: Path, entry: Mapping[str, object]) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            f"{path} is missing: the labelled texts are not shipped. Point TWAINBOT_MIRROR at a folder with "
            f"the raw files of data/sources.yaml."
        ) from error
    if (found := hashlib.sha256(data).hexdigest()) != entry["raw_sha256"]:
        raise InputError(
            f"{path}: sha256 {found[:12]}… is not the labelled file's "
            f"{str(entry['raw_sha256'])[:12]}…. Fetch the file that data/sources.yaml names."
        )
    return decode(data, str(path))[0]
