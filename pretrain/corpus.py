"""Step `corpus`: Gutenberg files of the mirror to plain paragraphs, training and held-out books apart."""

from __future__ import annotations

import re
from pathlib import Path

from pretrain.common import BUILD, load_params, mirror
from twainbot.files import InputError, sha256_file, write_json, write_jsonl

_START = re.compile(
    r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG[^*]*\*\*\*|^\*END ?\*? ?THE SMALL PRINT.*$",
    re.MULTILINE | re.IGNORECASE,
)
_END = re.compile(
    r"^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg).*$",
    re.MULTILINE | re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[(?:Illustration|Footnote|Sidenote|Transcriber)[^\]]*\]", re.IGNORECASE)
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "--", "–": "-", "\u00a0": " ", "\ufeff": None}
)


def decode(raw: bytes) -> str:
    """Text of a Gutenberg file: UTF-8 where that is what it is, else Windows-1252, else Latin-1."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def cut_body(text: str) -> str:
    """What lies between the START and END lines; the whole text where a file has none."""
    start = _START.search(text)
    text = text[start.end() :] if start else text
    end = _END.search(text)
    return text[: end.start()] if end else text


def paragraphs(body: str) -> list[str]:
    """Paragraphs with their hard line breaks undone, quotes and dashes made plain.

    Tables, indices and title pages are recognised by their short or dot-filled lines and left out.
    """
    body = body.replace("\r\n", "\n").translate(_QUOTES)
    body = _BRACKETED.sub(" ", body)
    kept = []
    for block in re.split(r"\n\s*\n", body):
        text = " ".join(block.split()).replace("_", "").replace("=", "")
        letters = sum(c.isalpha() for c in text)
        if len(text) < 2 or letters < 0.6 * len(text) or "...." in text or "http" in text:
            continue
        if "gutenberg" in text.lower() or "produced by" in text.lower():
            continue
        kept.append(text)
    return kept


def read_book(path: Path) -> list[str]:
    """The paragraphs of one Gutenberg file."""
    return paragraphs(cut_body(decode(path.read_bytes())))


def main() -> None:
    params = load_params("corpus")
    folder = mirror() / "gutenberg"
    missing = [n for n in [*params["books"], *params["heldout"]] if not (folder / f"{n}.txt").is_file()]
    if missing:
        raise InputError(
            f"{folder} lacks {', '.join(missing)}: "
            "set TWAINBOT_MIRROR to a folder that has gutenberg/NAME.txt."
        )
    BUILD.mkdir(parents=True, exist_ok=True)
    facts = {}
    for split in ("books", "heldout"):
        rows = []
        for name in sorted(params[split]):
            path = folder / f"{name}.txt"
            found = read_book(path)
            rows.append({"source": f"gutenberg/{name}", "paragraphs": found})
            facts[name] = {
                "split": "train" if split == "books" else "heldout",
                "sha256": sha256_file(path),
                "paragraphs": len(found),
                "characters": sum(map(len, found)),
            }
        write_jsonl(BUILD / f"prose_{split}.jsonl", rows)
    write_json(BUILD / "corpus.json", facts)


if __name__ == "__main__":
    main()
