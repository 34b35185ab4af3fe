"""The page in a real browser: its filters, its layout on a phone, and a hostile corpus that stays text."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from twainbot.report.corpus.page import CorpusPage

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason=f"no browser on the path: none of {', '.join(NAMES)}"),
]
# What the page measures of itself, written into it; the page's policy allows no script of ours, so this
# page holds the other in a frame.
FRAME = """<!DOCTYPE html><title>frame</title>
<iframe src="corpus.html" width="{width}" height="900"></iframe>
<pre id="found"></pre><script>
window.onload = () => setTimeout(() => {{
  const page = document.querySelector("iframe").contentDocument;
  const room = page.documentElement.clientWidth + 1;
  const wide = [...page.querySelectorAll("main *")].filter((element) =>
    element.getBoundingClientRect().right > room && !element.closest(".scroll"));
  document.getElementById("found").textContent = JSON.stringify({{
    width: page.documentElement.scrollWidth, wide: wide.map((element) => element.outerHTML.slice(0, 60)),
    paper: getComputedStyle(page.body).backgroundColor, ink: getComputedStyle(page.body).color,
  }});
}}, 100);
</script>"""


def dumped(page: Path, profile: Path, *options: str, query: str = "") -> str:
    """The document as the browser has it after running its script."""
    assert BROWSER
    command = [
        BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        f"--user-data-dir={profile}", "--virtual-time-budget=4000", *options, "--dump-dom",
        page.as_uri() + query,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture
def written(tmp_path: Path, page: CorpusPage) -> Path:
    path = tmp_path / "corpus.html"
    path.write_text(page.html, encoding="utf-8")
    return path


def shown_ids(document: str) -> list[str]:
    cards = re.findall(r"<article class=\"card\"([^>]*)>(.*?)</article>", document, re.DOTALL)
    return sorted(
        found[0]
        for attributes, body in cards
        if "hidden" not in attributes and (found := re.search(r"pas-\w+", body))
    )


def test_without_a_filter_everything_is_shown_and_nothing_hostile_ran(written, tmp_path):
    document = dumped(written, tmp_path / "profile")
    assert len(shown_ids(document)) == 5
    assert "5 of 5 passages" in document
    assert "<title>twainbot: the corpus sample</title>" in document
    assert '<form id="filters" class="needs-script">' in document  # the script ran: its hash fits


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?kind=post", (3, 4)),
        ("?kind=post&domain=weather", (3,)),
        ("?persona=twain&tone=wry", (1, 2)),
        (f"?text={quote('BARBER predicted')}", (1,)),
        ("?text=nowhere", ()),
        ("?persona=nobody", (1, 2, 3, 4, 5)),  # no such choice: the filter stays on all
    ],
)
def test_filters_from_the_address(written, tmp_path, query, numbers):
    document = dumped(written, tmp_path / "profile", query=f"#browse{query}")
    assert shown_ids(document) == [f"pas-{number:016x}" for number in numbers]
    assert f"{len(numbers)} of 5 passages" in document


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_but_wide_tables_and_figures_scrolls_sideways(written, tmp_path, width):
    found = framed(written, tmp_path, width)
    assert found["wide"] == []
    assert found["width"] <= width


def test_dark_and_light_follow_the_reader(written, tmp_path):
    light, dark = framed(written, tmp_path, 1280), framed(written, tmp_path, 1280, "--force-dark-mode")
    assert (light["paper"], dark["paper"]) == ("rgb(255, 255, 255)", "rgb(20, 23, 26)")
    assert light["ink"] != dark["ink"]


def framed(page: Path, tmp_path: Path, width: int, *options: str) -> dict[str, object]:
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width), encoding="utf-8")
    document = dumped(frame, tmp_path / "profile", *options)
    found = re.search(r'<pre id="found">(.*?)</pre>', document, re.DOTALL)
    assert found
    return json.loads(html.unescape(found[1]))
