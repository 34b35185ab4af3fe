"""One self-contained HTML page about the run, and the plots that ``dvc plots`` shows."""

from pathlib import Path

from twainbot.files import atomic_file
from twainbot.params import read_params
from twainbot.report.inputs import read_inputs
from twainbot.report.page import Facts, build_page
from twainbot.stage import run

PAGE = Path("data/report/index.html")
PLOTS = Path("metrics/plots")


def main() -> None:
    params = read_params("corpus", "base", "report.bootstrap")
    facts = Facts(params.corpus.name, Path(params.base.path).name, params.report.bootstrap)
    page = build_page(read_inputs(Path()), facts)

    for name, png in page.plots.items():
        with atomic_file(PLOTS / f"{name}.png") as temporary:
            temporary.write_bytes(png)
    with atomic_file(PAGE) as temporary:
        temporary.write_text(page.html, encoding="utf-8", newline="\n")
    print(PAGE)


if __name__ == "__main__":
    run("report", main)
