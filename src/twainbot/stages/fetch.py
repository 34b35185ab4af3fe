"""Bring the corpus's raw files to data/raw: from the sample, a mirror or the network."""

import os
from pathlib import Path

from tqdm import tqdm

from twainbot.corpus.download import FetchResult, fetch
from twainbot.corpus.sources import Source, all_sources, load_sources
from twainbot.corpus.validators import STATE
from twainbot.corpus.web.crawl import CrawlRules, fetch_web
from twainbot.files import InputError, write_json
from twainbot.params import read_params
from twainbot.stage import run

RAW = Path("data/raw")
INBOX = "data/inbox"  # for a user's own files, and for books that `twainbot add` has fetched


def main() -> None:
    params = read_params("corpus", "fetch")
    sources = load_sources(Path("data/sources.yaml"), params.corpus.name)
    mirror = os.environ.get("TWAINBOT_MIRROR")
    crawl = CrawlRules(
        delay=params.fetch.delay_seconds,
        retries=params.fetch.retries,
        timeout=params.fetch.timeout_seconds,
        max_pages=params.fetch.max_pages,
        max_bytes=params.fetch.max_page_bytes,
    )

    results: list[FetchResult] = []
    problems = remove_others({source.path for source in sources})
    for source in tqdm(sources, desc="fetch", disable=None):
        place = first_place(source, mirror)
        try:
            if source.kind == "web":
                results.append(fetch_web(source, RAW, mirror=place, rules=crawl))
                continue
            results.append(
                fetch(
                    source,
                    RAW,
                    mirror=place,
                    delay=params.fetch.delay_seconds,
                    retries=params.fetch.retries,
                    timeout=params.fetch.timeout_seconds,
                    state=STATE,
                )
            )
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    write_json(
        "metrics/fetch.json", {"files": len(results), "bytes": sum(result.bytes for result in results)}
    )


def first_place(source: Source, mirror: str | None) -> str | None:
    """The folder or URL that is looked at first: the sample, the inbox if it has the file, or the mirror."""
    if source.corpus == "sample":
        return "data/sample"
    if not source.urls or (Path(INBOX) / source.path).is_file():
        return INBOX
    return mirror


def remove_others(wanted: set[str]) -> list[str]:
    """Delete files of the other corpus; returns a complaint for each file that no entry names.

    The folder is kept between runs, so that a stopped download goes on.
    """
    known = {source.path for source in all_sources(Path("data/sources.yaml"))}
    complaints = []
    for path in sorted(RAW.rglob("*")):
        name = path.relative_to(RAW).as_posix()
        if not path.is_file() or name in wanted or name.endswith(".partial"):
            continue
        if name in known:
            path.unlink()
        else:
            complaints.append(
                f"{path} is not in data/sources.yaml. Move it to {INBOX}/{name} and give it an entry there."
            )
    return complaints


if __name__ == "__main__":
    run("fetch", main)
