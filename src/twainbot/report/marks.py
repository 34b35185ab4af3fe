"""Blocks that a program writes into a document, between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``."""

from __future__ import annotations

import re

from twainbot.files import InputError


def with_block(document: str, name: str, block: str, title: str) -> str:
    """The document with what stands between its marks replaced by ``block``.

    Args:
        title: what an error calls the document.

    Raises:
        InputError: the marks are not there, or more than once.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    marked = re.compile(rf"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    changed, count = marked.subn(lambda match: match[1] + block + match[2], document)
    if count != 1:
        raise InputError(f"{title}: expected one pair of marks {begin} and {end}.")
    return changed
