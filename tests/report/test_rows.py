import re

import pytest
from htmlreader import read_html

from twainbot.report.inputs import read_inputs
from twainbot.report.row_figures import style_rows, tool_rows
from twainbot.report.rows import GateRow, flaws, gate_rows, laid_out, persona_by_template, samples, scenarios


@pytest.fixture
def inputs(run_folder):
    return read_inputs(run_folder)


def rows_section(page) -> str:
    found = re.search(r'<section id="rows">.*?</section>', page.html, re.DOTALL)
    assert found
    return found[0]


def test_gates_are_cells_in_the_order_of_the_metrics(inputs):
    assert gate_rows(inputs.gate) == [
        GateRow("safety", "rows with <slurs>", "0", "at most 0", "PASS", 0),
        GateRow("split_share", "share of <x>", "0.2232", "at least 0.25", "FAIL", 1200),
    ]


def test_rows_are_counted_by_split_without_the_number_of_a_wording(inputs):
    assert persona_by_template(inputs.rows) == {
        "train": {("twain", "talk"): 9, ("neutral", "plain"): 1},
        "val": {("twain", "talk"): 1},
        "test": {("twain", "talk"): 1, ("neutral", "plain"): 1},
    }
    assert scenarios(inputs.rows) == {"train": {"unit": 6}, "val": {"unit": 1}, "test": {"unit": 2}}
    assert flaws(inputs.rows) == {split: {"over_calling": 1} for split in ("train", "val", "test")}


def test_rows_to_read_are_spread_over_the_training_file(inputs):
    found = samples(inputs.rows)
    assert {mix: [row.id for row in rows] for mix, rows in found.items()} == {
        "style": ["row-1", "row-5", "row-8"],
        "tools": ["tool-1", "tool-3", "tool-5"],
        "prefs": ["pair-0"],
        "dapt": ["text-0"],
    }


def test_control_tags_are_apart_from_the_prompt(inputs):
    tagged, bare = (laid_out(inputs.rows["style"]["train"][number]) for number in (1, 2))
    assert (tagged.control_tags, bare.control_tags) == (("[PERSONA=TWAIN]", "[TONE=WRY]"), ())
    assert tagged.system == bare.system == "You are Mark Twain."
    assert [turn.role for turn in tagged.turns] == ["user", "assistant"]
    assert tagged.what == "twain, talk"


def test_a_pair_has_both_answers_and_names_its_flaw(inputs):
    pair = laid_out(inputs.rows["prefs"]["train"][0])
    assert pair.what == "twain, over calling"
    assert ([t.text for t in pair.chosen], [t.text for t in pair.rejected]) == (["Rain."], ["Dry & bland."])
    assert [turn.role for turn in pair.turns] == ["user"]


def test_the_section_shows_gates_figures_and_rows(page):
    section = rows_section(page)
    text = " ".join(" ".join(read_html(section).text).split())
    for expected in ("split_share FAIL 0.2232 at least 0.25 share of <x> 1,200", "training (10 rows)",
                     "[PERSONA=TWAIN] [TONE=WRY] You are Mark Twain.", "Rejected Dry & bland.",
                     "<It> rained again.", "tools offered: get_weather"):  # fmt: skip
        assert expected in text
    assert section.count("<svg") == 2
    assert '<a href="../../docs/data_card.md">' in section


def test_what_a_row_says_is_escaped(page):
    assert "<script" not in rows_section(page)
    assert "&lt;It&gt; rained" in rows_section(page)


def test_without_rows_the_figures_say_so():
    nothing = {split: {} for split in ("train", "val", "test")}
    rows = {mix: {split: [] for split in nothing} for mix in ("style", "tools", "prefs", "dapt")}
    assert "no style rows" in style_rows(persona_by_template(rows)).svg
    assert "no tool conversations" in tool_rows(scenarios(rows), flaws(rows)).svg
    assert samples(rows) == {"style": [], "tools": [], "prefs": [], "dapt": []}
