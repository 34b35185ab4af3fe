"""Raw files to documents and segments with their character spans; what is no text goes to the rejects."""

from collections import Counter
from pathlib import Path

from twainbot.corpus.parse import parse_source
from twainbot.corpus.sources import load_sources
from twainbot.files import InputError, write_json, write_parquet
from twainbot.params import read_params
from twainbot.records import DOCUMENT, REJECT, SEGMENT, Document, Reject, Segment
from twainbot.stage import run


def main() -> None:
    params = read_params("corpus")
    documents: list[Document] = []
    segments: list[Segment] = []
    rejects: list[Reject] = []
    problems = []
    kept_shares: dict[str, float] = {}
    for source in load_sources(Path("data/sources.yaml"), params.corpus.name):
        path = Path("data/raw") / source.path
        if not path.is_file():
            problems.append(f"{path} does not exist. `dvc repro fetch` brings it.")
            continue
        try:
            parsed = parse_source(source, path.read_bytes(), params.corpus.min_kept_share)
        except InputError as error:
            problems.append(str(error))
            continue
        documents += parsed.documents
        segments += parsed.segments
        rejects += parsed.rejects
        if source.kind in ("gutenberg", "play"):
            kept_shares[source.id] = parsed.kept_share()
    if problems:
        raise InputError("\n".join(problems))

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


if __name__ == "__main__":
    run("parse", main)
