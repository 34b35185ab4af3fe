import re
import shutil
from pathlib import Path

import pytest
import yaml
from htmlreader import read_html

from twainbot.files import read_json
from twainbot.report.inputs import read_inputs
from twainbot.report.page import Facts, build_page, cross_table
from twainbot.stages import report

ROOT = Path(__file__).resolve().parents[2]
FACTS = Facts("sample", "embedded", 2000)
BESIDE = ("corpus.html", "../../docs/data_card.md")  # the page's files beside it


@pytest.fixture
def reader(page):
    return read_html(page.html)


def test_the_same_inputs_give_the_same_bytes(page, run_folder):
    assert build_page(read_inputs(run_folder), FACTS) == page


def test_every_element_is_closed_and_every_id_is_unique(reader):
    assert reader.open == []
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_elsewhere(page, reader):
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    for name, value in reader.attributes:
        assert name not in ("src", "srcset", "xlink:href")
        if name == "href":
            assert value.startswith("#") or value in BESIDE
        assert not name.startswith("on")
    assert re.findall(r"https?://|@import|url\((?!#)", page.html) == []


def test_links_lead_to_sections_of_the_page(reader):
    ids = {value for name, value in reader.attributes if name == "id"}
    links = {value for name, value in reader.attributes if name == "href" and value not in BESIDE}
    assert {link[1:] for link in links} <= ids


def test_sections_are_in_order_with_the_gates_first(page):
    assert re.findall(r'<section id="([^"]*)"', page.html) == [
        "gates",
        "before-after",
        "sample",
        "training",
        "data",
        "tags",
        "rows",
        "pipeline",
        "conversations",
        "trace",
    ]


def test_what_a_model_or_a_corpus_wrote_is_escaped(page):
    assert "<script" not in page.html
    assert "&lt;script&gt;alert(&#34;model&#34;)&lt;/script&gt;" in page.html
    assert "&lt;b&gt;In which&lt;/b&gt;" in page.html
    assert "Segments to &lt;clean&gt; passages" in page.html
    assert "grubword" not in page.html


def test_figures_of_the_run_stand_on_the_page(reader):
    text = " ".join(" ".join(reader.text).split())
    for expected in (
        "corpus sample",
        "base embedded",
        "Gates: 1 PASS, 1 INCONCLUSIVE.",
        "+93.0 points",
        "cannot tell",
        "2,000 resamples",
        "train 300, val 50, test 50",
        "mail <EMAIL> now",
        "Tools offered: get_weather",
        "twainbot trace",
    ):
        assert expected in text


def test_ten_conversations_of_every_kind_base_beside_combined(page):
    assert page.html.count('<article class="conversation">') == 10
    assert (
        page.html.count('<div class="answer base">') == page.html.count('<div class="answer combined">') == 10
    )
    for kind in (r"style-\d+/twain", r"style-\d+/franklin", r"call-\d+", r"nocall-\d+"):
        assert re.search(f"<h3>{kind}</h3>", page.html)
    assert "<dt><code>location</code></dt><dd><code>&#34;Port Ellery&#34;</code></dd>" in page.html


def test_an_evaluation_without_figures_still_gives_a_page(run_folder):
    inputs = read_inputs(run_folder)
    inputs.evaluate.clear()
    assert "No gate was evaluated." in build_page(inputs, FACTS).html


def test_cross_tables_have_sums():
    table = cross_table("tone", {"franklin": {"plain": 2}, "twain": {"dry": 3, "plain": 2}})
    assert table.columns == ["plain", "dry", "all"]
    assert table.rows == [("franklin", ["2", "", "2"]), ("twain", ["2", "3", "5"]), ("all", ["4", "3", "7"])]


def test_the_stage_writes_the_pages_and_the_plots_and_prints_the_paths(run_folder, monkeypatch, capsys):
    shutil.copy(ROOT / "params.yaml", run_folder / "params.yaml")
    monkeypatch.chdir(run_folder)
    report.main()
    assert capsys.readouterr().out == "data/report/index.html\ndata/report/corpus.html\n"
    assert "The corpus <code>" in (run_folder / "data/report/corpus.html").read_text(encoding="utf-8")
    assert read_json(run_folder / "metrics/corpus.json")["rows"] == {"twain": {"weather": 1}}
    base = yaml.safe_load((run_folder / "params.yaml").read_text(encoding="utf-8"))["base"]["path"]
    assert f"base <code>{base.split('/')[-1]}</code>" in (run_folder / "data/report/index.html").read_text(
        encoding="utf-8"
    )
    written = sorted(path.name for path in (run_folder / "metrics/plots").glob("*.png"))
    assert written == [
        "before_after.png", "corpus_flow.png", "loss.png", "rejects.png", "tags.png", "weather_share.png",
    ]  # fmt: skip
