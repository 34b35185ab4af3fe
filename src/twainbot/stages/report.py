"""Two self-contained HTML pages, of the run and of its corpus, and the plots that ``dvc plots`` shows."""

from pathlib import Path

from twainbot.files import atomic_file, write_json
from twainbot.params import read_params
from twainbot.report.corpus.inputs import read_corpus
from twainbot.report.corpus.page import build_corpus_page
from twainbot.report.inputs import read_inputs
from twainbot.report.page import Facts, build_page
from twainbot.stage import run

PAGE = Path("data/report/index.html")
CORPUS_PAGE = Path("data/report/corpus.html")
PLOTS = Path("metrics/plots")


def main() -> None:
    params = read_params("corpus", "base.path", "report.bootstrap", "seed", "tag.thresholds")
    facts = Facts(params.corpus.name, Path(params.base.path).name, params.report.bootstrap)
    page = build_page(read_inputs(Path()), facts)
    thresholds = params.tag.thresholds.model_dump()
    corpus = build_corpus_page(read_corpus(Path()), params.corpus.name, params.seed, thresholds)

    for name, png in {**page.plots, **corpus.plots}.items():
        with atomic_file(PLOTS / f"{name}.png") as temporary:
            temporary.write_bytes(png)
    for path, html in ((PAGE, page.html), (CORPUS_PAGE, corpus.html)):
        with atomic_file(path) as temporary:
            temporary.write_text(html, encoding="utf-8", newline="\n")
        print(path)
    write_json("metrics/corpus.json", corpus.headline)


if __name__ == "__main__":
    run("report", main)
