"""Bring the corpus's raw files to data/raw: from the sample, a mirror or the network."""

import os
from pathlib import Path

from tqdm import tqdm

from twainbot.corpus.download import fetch
from twainbot.corpus.sources import load_sources
from twainbot.files import InputError, write_json
from twainbot.params import read_params
from twainbot.stage import run

RAW = Path("data/raw")


def main() -> None:
    params = read_params("corpus", "fetch")
    sources = load_sources(Path("data/sources.yaml"), params.corpus.name)
    mirror = os.environ.get("TWAINBOT_MIRROR")

    # The folder is kept between runs, so that a stopped download goes on; what is not listed any more goes.
    wanted = {RAW / source.path for source in sources}
    for path in sorted(RAW.rglob("*")) if RAW.is_dir() else []:
        if path.is_file() and path not in wanted and not path.name.endswith(".partial"):
            path.unlink()

    results, problems = [], []
    for source in tqdm(sources, desc="fetch", disable=None):
        try:
            results.append(
                fetch(
                    source,
                    RAW,
                    mirror="data/sample" if source.corpus == "sample" else mirror,
                    delay=params.fetch.delay_seconds,
                    retries=params.fetch.retries,
                    timeout=params.fetch.timeout_seconds,
                )
            )
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    write_json("metrics/fetch.json", {"files": len(results), "bytes": sum(result.bytes for result in results)})


if __name__ == "__main__":
    run("fetch", main)
