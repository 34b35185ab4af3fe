import base64
import hashlib
import re

import pytest
from htmlreader import read_html

from twainbot.files import InputError, write_jsonl, write_parquet
from twainbot.records import DOCUMENT, PASSAGE, REJECT, SEGMENT
from twainbot.report.corpus.inputs import read_corpus, round_robin, seeded
from twainbot.report.corpus.page import build_corpus_page


def test_the_same_corpus_gives_the_same_bytes(corpus, page, thresholds):
    assert build_corpus_page(corpus, "sample", 7, thresholds) == page


def test_every_element_is_closed_and_every_id_is_unique(page):
    reader = read_html(page.html)
    assert reader.open == []
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = {value for name, value in reader.attributes if name == "href" and value.startswith("#")}
    assert {link[1:] for link in links} <= set(ids)


def test_nothing_is_loaded_from_elsewhere_and_only_our_script_may_run(page):
    reader = read_html(page.html)
    assert not {"link", "img", "iframe", "object"} & set(reader.tags)
    assert reader.tags.count("script") == 1
    for name, value in reader.attributes:
        assert name not in ("src", "srcset", "xlink:href")
        assert not name.startswith("on")
        if name == "href":
            assert value.startswith("#") or value == "index.html"
    assert re.findall(r"https?://|@import|url\((?!#)", page.html) == []
    script = re.search(r"<script>(.*)</script>\n</body>", page.html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page.html


def test_what_the_corpus_says_is_escaped(page):
    assert "&lt;/script&gt;&lt;script&gt;document.title" in page.html  # a heading, among the rejects
    assert "&lt;script&gt;alert(&#34;text&#34;)&lt;/script&gt;" in page.html  # a passage
    assert "The Almanac &amp; &lt;b&gt;More&lt;/b&gt;" in page.html  # a title, also in a figure
    assert "<b>" not in page.html and "<img" not in page.html
    assert "rubword" not in page.html and "nobody@example.org" not in page.html


def test_figures_stand_on_the_page(page):
    text = " ".join(" ".join(read_html(page.html).text).split())
    for expected in (
        "The corpus sample",
        "passages kept 5",
        "records dropped, each with its reason 8",
        "of passages were duplicates 29 %",
        "twainbot trace pas-0000000000000001",
        "1 as de , 1 as fr",
    ):
        assert expected in text, expected
    for name in ("corpus_flow", "kept_by_source", "lengths", "duplicates", "balance", "cross_tables",
                 "weather_share", "quality"):  # fmt: skip
        assert f'id="{name}-' in page.html, name


def test_the_matched_words_are_marked(page):
    assert "<mark>G•••••••</mark>" in page.html
    assert re.search(r"<del>missing\s*</del><ins>lost\s*</ins>", page.html)


def test_headline_counts(page):
    assert page.headline["rows"] == {"deadpan": {"weather": 1}, "twain": {"weather": 2}}
    assert page.headline["passages"] == 5
    assert page.headline["duplicate_share"] == 2 / 7
    # 10 segments; 10 + 3 pieces found by the parser; 7 passages before duplicates were removed
    assert page.headline["reject_share"] == {
        "parse_boilerplate": 2 / 13,
        "parse_heading": 1 / 13,
        "clean_language": 2 / 10,
        "clean_slur": 1 / 10,
        "dedupe_duplicate": 2 / 7,
    }


def test_plots_are_png(page):
    assert sorted(page.plots) == ["corpus_flow", "weather_share"]
    assert all(png.startswith(b"\x89PNG") for png in page.plots.values())


def test_an_empty_corpus_still_gives_a_page(empty, thresholds):
    html = build_corpus_page(empty, "none", 7, thresholds).html
    assert read_html(html).open == []
    for sentence in ("Nothing was rejected.", "There are no passages.", "No passage was removed"):
        assert sentence in html


@pytest.mark.parametrize("field", ["rejects", "passages"])
def test_a_corpus_that_lacks_something_still_gives_a_page(corpus, field, thresholds):
    getattr(corpus, field).clear()
    assert read_html(build_corpus_page(corpus, "sample", 7, thresholds).html).open == []


def test_a_corpus_of_posts_only(corpus, thresholds):
    corpus.passages[:] = [p for p in corpus.passages if p["kind"] == "post"]
    corpus.documents[:] = corpus.documents[1:2]
    assert read_html(build_corpus_page(corpus, "posts", 7, thresholds).html).open == []


def test_reading_names_all_missing_files_at_once(tmp_path):
    with pytest.raises(
        InputError, match=r"documents\.parquet.*segments\.parquet.*examples\.jsonl.*dvc repro"
    ):
        read_corpus(tmp_path)


def test_reading_gives_what_the_stages_wrote(tmp_path, corpus):
    write_parquet(tmp_path / "data/parsed/documents.parquet", corpus.documents, DOCUMENT)
    segments = [
        dict.fromkeys(SEGMENT.names) | {"source_id": "almanac", "text": text} for text in ("ab", "é☂")
    ]
    write_parquet(tmp_path / "data/parsed/segments.parquet", segments, SEGMENT)
    for folder, stage in (("parsed", "parse"), ("clean", "clean"), ("dedupe", "dedupe")):
        rows = [row for row in corpus.rejects if row["stage"] == stage]
        write_parquet(tmp_path / f"data/{folder}/rejects.parquet", rows, REJECT)
    write_parquet(tmp_path / "data/tag/passages.parquet", corpus.passages, PASSAGE)
    (tmp_path / "data/instruct").mkdir()
    rows = [{"parents": [p], "tags": {"persona": persona, "domain": d}} for p, persona, d in corpus.rows]
    of_no_passage = [
        {"parents": found, "tags": {"persona": "neutral", "domain": "general"}} for found in ([], ["ask-1"])
    ]
    write_jsonl(tmp_path / "data/instruct/examples.jsonl", rows + of_no_passage)
    (tmp_path / "data/lexicons").mkdir()
    (tmp_path / "data/lexicons/slurs.txt").write_text("".join(corpus.slurs), encoding="utf-8")

    found = read_corpus(tmp_path)

    assert found.segments == {"almanac": (2, 4)}
    assert (found.documents, found.rejects, found.rows, found.slurs) == (
        corpus.documents, corpus.rejects, corpus.rows, corpus.slurs,
    )  # fmt: skip
    assert [p["id"] for p in found.passages] == [p["id"] for p in corpus.passages]


def test_round_robin_takes_one_of_each_in_turn():
    assert round_robin([["a", "b", "c"], [], ["x"]], 3) == ["a", "x", "b"]
    assert round_robin([["a"], ["x"]], 9) == ["a", "x"]
    assert seeded(["b", "a"], 1) == seeded(["a", "b"], 1)
    assert any(seeded("abcdef", 1) != seeded("abcdef", seed) for seed in range(2, 5))


def test_no_figure_holds_the_markup_of_a_formula(page):
    assert "mathdefault" not in page.html
