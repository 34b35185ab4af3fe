"""The raw pages of a web source to paragraphs, with their place in the file."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from twainbot.corpus.jsonspans import JsonString, children, json_objects, json_string
from twainbot.corpus.pieces import Pieces
from twainbot.corpus.web.visible import VisibleText
from twainbot.files import InputError
from twainbot.records import Reject, Segment

WEB_REASONS = ("refused", "feed", "no_article", "heading", "boilerplate", "malformed")
_BLOCKS = frozenset({"p", "head", "item", "quote", "list", "code", "row", "cell", "table", "div", "ab"})
_SPACES = re.compile(r"[^\S\n]+")


def parse_web(raw: str, *, doc_id: str, source_id: str, where: str) -> tuple[list[Segment], list[Reject]]:
    """The articles' paragraphs in a file of pages as :mod:`twainbot.corpus.web.crawl` writes it.

    What is an article and what stands around it, trafilatura tells. ``raw[start:end]`` is the HTML of a
    paragraph, as JSON spells it; where the paragraph cannot be found again it is that of the page.
    ``section`` and ``url`` are the page's address. Menus, footers and the like are dropped as
    ``boilerplate``; pages that were not taken have the reason ``refused``.

    Reasons of rejects: :data:`WEB_REASONS`.

    Raises:
        InputError: the file holds no JSON objects.
    """
    pieces = Pieces(raw, doc_id, source_id, "page")
    objects = json_objects(raw, where)
    for line in objects:
        if line.problem:
            pieces.drop(line.start, line.end, "malformed", line.problem)
        elif isinstance(line.value.get("html"), str):
            _page(pieces, line.start, line.end, str(line.value.get("url", "")))
        elif "feed" in line.value:
            pieces.drop(line.start, line.end, "feed", f"{line.value['feed']} pages")
        elif "reason" in line.value:
            detail = f"{line.value['reason']}: {line.value.get('detail', '')}"
            pieces.drop(line.start, line.end, "refused", detail)
        else:
            pieces.drop(line.start, line.end, "malformed", "has no `html`")
    if not objects:
        raise InputError(f"{where}: the file has no pages. Fetch it again, or remove the source.")
    return pieces.result()


def _page(pieces: Pieces, start: int, end: int, url: str) -> None:
    members = {key: place for key, place, _ in children(pieces.raw, start)}
    source = json_string(pieces.raw, members["html"])
    visible = VisibleText(source.text)
    page_start, page_end = source.place(0), source.place(len(source.text))
    taken: list[tuple[int, int]] = []
    after = 0
    found_any = False
    seen: set[tuple[int, int, str]] = set()
    for kind, text in _article(source.text):
        found = visible.find(text, after)
        place = (page_start, page_end)
        if found:
            taken.append(found[:2])
            after = found[2]
            place = (source.place(found[0]), source.place(found[1]))
        # The same words in the same place, where a page repeats itself and cannot be searched, are one piece.
        key = (*place, "" if kind == "head" else text)
        if key in seen:
            continue
        seen.add(key)
        if kind == "head":
            pieces.drop(*place, "heading")
        else:
            found_any = True
            pieces.keep(*place, text, section=url, verse="\n" in text, url=url)
    if not found_any:
        pieces.drop(start, end, "no_article", url)
        return
    _drop_between(pieces, source, visible, taken)


def _drop_between(
    pieces: Pieces, source: JsonString, visible: VisibleText, taken: list[tuple[int, int]]
) -> None:
    """What the page shows beside the article."""
    position = 0
    for start, end in [*sorted(taken), (len(source.text), len(source.text))]:
        if start > position and visible.shown(position, start):
            pieces.drop(source.place(position), source.place(start), "boilerplate")
        position = max(position, end)


def _article(page: str) -> Iterator[tuple[str, str]]:
    """(element, text) of the article's headings and paragraphs, in order."""
    import trafilatura

    # It warns of every page without an article; ours are in the rejects.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        article = trafilatura.bare_extraction(page, include_comments=False, include_tables=False)
    except (ValueError, AssertionError, RecursionError):
        return
    body: Any = getattr(article, "body", None)
    if body is not None:
        for kind, text in _blocks(body, "p"):
            lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
            if joined := "\n".join(line for line in lines if line):
                yield kind, joined


def _blocks(element: Any, kind: str) -> Iterator[tuple[str, str]]:
    """Runs of text between the edges of block elements; ``lb`` breaks a line."""
    run = _folded(element.text)
    for child in element:
        if child.tag in _BLOCKS:
            yield kind, run
            yield from _blocks(child, "head" if child.tag == "head" else "p")
            run = ""
        elif child.tag == "lb":
            run += "\n"
        else:
            inner = list(_blocks(child, kind))
            run += inner[0][1]
            if len(inner) > 1:
                yield kind, run
                yield from inner[1:-1]
                run = inner[-1][1]
        run += _folded(child.tail)
    yield kind, run


def _folded(text: str | None) -> str:
    return " ".join(["", *text.split(), ""]) if text and text.strip() else " " if text else ""
