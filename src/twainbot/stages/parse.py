"""Raw files to documents and segments with their character spans; what is no text goes to the rejects."""

from collections import Counter
from pathlib import Path

from twainbot.corpus.parse import Parsed, parse_source
from twainbot.corpus.sources import Source, load_sources
from twainbot.engine import map_shards
from twainbot.files import InputError, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import DOCUMENT, REJECT, SEGMENT, Document, Reject, Segment
from twainbot.stage import run

RAW = Path("data/raw")


def main() -> None:
    params = read_params("corpus", "engine")
    sources = {source.id: source for source in load_sources(Path("data/sources.yaml"), params.corpus.name)}
    documents: list[Document] = []
    segments: list[Segment] = []
    rejects: list[Reject] = []
    kept_shares: dict[str, float] = {}
    for parsed in map_shards(
        parse_file,
        sources,
        params.corpus.min_kept_share,
        name="parse",
        engine=params.engine,
        files=[path for source in sources.values() if (path := RAW / source.path).is_file()],
        cost=raw_size,
    ):
        documents += parsed.documents
        segments += parsed.segments
        rejects += parsed.rejects
        for document in parsed.documents:
            if document["kind"] in ("book", "play"):
                kept_shares[document["source_id"]] = parsed.kept_share()

    write_parquet("data/parsed/documents.parquet", documents, DOCUMENT)
    write_parquet("data/parsed/segments.parquet", segments, SEGMENT)
    write_parquet("data/parsed/rejects.parquet", rejects, REJECT)
    # Books and plays only: the days of a weather answer share one span, and a dump is mostly other columns.
    texts = [document for document in documents if document["kind"] in ("book", "play")]
    body = sum(document["body_end"] - document["body_start"] for document in texts)
    kept = sum(
        segment["end"] - segment["start"] for segment in segments if segment["kind"] in ("book", "play")
    )
    write_json(
        "metrics/parse.json",
        {
            "documents": len(documents),
            "flagged": sorted(d["source_id"] for d in documents if d["flags"]),
            "metadata_mismatch": sorted(
                d["source_id"] for d in documents if "metadata_mismatch" in d["flags"]
            ),
            "body_characters": body,
            "kept_share": kept / body if body else 1.0,
            "kept_share_by_source": dict(sorted(kept_shares.items())),
            "segments": dict(sorted(Counter(segment["kind"] for segment in segments).items())),
            "rejects": dict(sorted(Counter(reject["reason"] for reject in rejects).items())),
        },
    )


def parse_file(source: Source, min_kept_share: float) -> Parsed:
    """A source's raw file to records."""
    path = RAW / source.path
    if not path.is_file():
        raise InputError(f"{path} does not exist. `dvc repro fetch` brings it.")
    return parse_source(source, path.read_bytes(), min_kept_share)


def raw_size(source: Source) -> int:
    """Bytes of the raw file, 0 if it is missing."""
    path = RAW / source.path
    return path.stat().st_size if path.is_file() else 0


if __name__ == "__main__":
    run("parse", main)
