import re
from xml.etree import ElementTree

import pytest

from twainbot.report import figures


def chunks(png):
    """The chunk types of a PNG file."""
    position, found = 8, []
    while position < len(png):
        size = int.from_bytes(png[position : position + 4], "big")
        found.append(png[position + 4 : position + 8].decode("ascii"))
        position += size + 12
    return found


DRAWN = {
    "loss": lambda: figures.loss(
        {"style": [{"step": 1, "loss": 2.5, "split": "train"}, {"step": 1, "loss": 2.4, "split": "val"}]}
    ),
    "rejects": lambda: figures.rejects([("clean", "too_short $x$ & <y>", 4), ("parse", "heading", 1)]),
    "tags": lambda: figures.tags(
        {"tone": {"twain": {"dry": 3, "plain": 1}}, "domain": {"onion": {"news": 2}}}
    ),
    "before_after": lambda: figures.before_after({"adapters": {"base": {"restraint": {"value": 0.5}}}}),
}
EMPTY = {
    "loss": lambda: figures.loss({}),
    "rejects": lambda: figures.rejects([]),
    "tags": lambda: figures.tags({}),
    "before_after": lambda: figures.before_after({}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_bytes_are_the_same_each_time_and_carry_no_text_metadata(name):
    drawing = DRAWN[name]()
    assert drawing == DRAWN[name]()
    assert not {"tEXt", "iTXt", "zTXt", "tIME"} & set(chunks(drawing.png))


@pytest.mark.parametrize("name", DRAWN)
def test_the_svg_is_an_element_of_the_page(name):
    svg = DRAWN[name]().svg
    ElementTree.fromstring(svg)
    assert svg.startswith('<svg class="figure"')
    assert "http" not in svg
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert ids and all(i.startswith(f"{name}-") for i in ids) and len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]*)', svg)) <= set(ids)
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= {"#000000"}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_said(name):
    assert re.search("nothing was|no training", EMPTY[name]().svg)


def test_names_are_not_read_as_formulas():
    assert "too_short $x$ &amp; &lt;y&gt;" in DRAWN["rejects"]().svg


def test_a_share_below_half_a_percent_is_not_shown_as_zero():
    assert "&lt;1" in figures.tags({"tone": {"twain": {"dry": 999, "rare": 1}}}).svg


def test_missing_losses_are_left_out():
    points = [{"step": 1, "loss": None, "split": "train"}, {"step": 2, "loss": float("nan"), "split": "val"}]
    assert figures.loss({"style": points}).png
