"""Reddit's markdown and escapes to plain text: what a reader sees, without what he skips."""

from __future__ import annotations

import html
import re

# Only these: html.unescape also rewrites bare names ("&notit;" becomes a negation sign and "it;").
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_FENCE = re.compile(r"^[ ]{0,3}(```|~~~).*?(?:^[ ]{0,3}\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INDENTED_CODE = re.compile(r"^(?: {4}|\t)\S.*$", re.MULTILINE)
_QUOTE = re.compile(r"^[ ]{0,3}>(?!!).*$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$")
_IMAGE_OR_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_URL = re.compile(r"<?\bhttps?://[^\s<>]+>?|\bwww\.[^\s<>]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/])/?[ur]/[A-Za-z0-9_-]{2,21}\b")
# Lengths are bounded, so that a post of opening marks only costs no more than its length.
_SPOILER = re.compile(r">!(.{0,2000}?)!<", re.DOTALL)
_SUPERSCRIPT = re.compile(r"\^(?:\(([^()]*)\)|(?=\S))")
_HEADING = re.compile(r"^[ ]{0,3}#{1,6}\s*", re.MULTILINE)
_BULLET = re.compile(r"^[ ]{0,3}(?:[*+-]|\d{1,2}[.)])[ \t]+(?=\S)", re.MULTILINE)
_RULE = re.compile(r"^[ ]{0,3}(?:[*_-][ \t]*){3,}$", re.MULTILINE)
_STRONG = re.compile(r"(\*\*\*|\*\*|~~)(?=\S)(.{1,1000}?)(?<=\S)\1", re.DOTALL)
_STRONG_UNDERSCORE = re.compile(r"(?<!\w)(___|__|_)(?=\S)(.{1,1000}?)(?<=\S)\1(?!\w)", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![*\w])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![*\w])")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>^|])")
# An escaped mark waits in the private use area, where no rule below takes it for markdown.
_PRIVATE = 0xE000
_HIDDEN = re.compile("[\ue000-\ue07f]")
_EDIT = re.compile(
    r"^(?:[^\w\n]|_)*(?:EDIT(?:ED)?|ETA|UPDATE)\b\s*(?:#?\d+)?\s*[:;,.\-–—].*(?:\n(?!\s*\n).*)*",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE_TAIL = re.compile(
    r"\s*[\[(]\s*(?:OC|NSFW|SFW|x-?post(?:ed)?\b[^\])]{0,80}|cross-?post(?:ed)?\b[^\])]{0,80}|repost|long|fixed)\s*[\])]\s*",
    re.IGNORECASE,
)
# In capitals only: "Makes First Edit: ..." is a headline.
_TITLE_EDIT = re.compile(r"(?<=\S)\s+EDIT(?:ED)?\s*\d*:.*", re.DOTALL)
# Four blanks still make code; more say no more, and rules that begin with blanks would try them all.
_MANY_BLANKS = re.compile(r"[^\S\n]{5,}")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_BLANK_LINES = re.compile(r"\n\s*\n+")


def unescape(text: str) -> str:
    """HTML entities undone twice (dumps escape once or twice), zero-width characters dropped."""
    for _ in range(2):
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return _ZERO_WIDTH.sub("", text)


def plain_title(title: str) -> str:
    """A title on one line, without escapes and tails such as ``[OC]`` or ``EDIT: thanks``."""
    text = " ".join(unescape(title).split())
    text = _TITLE_EDIT.sub("", _TITLE_TAIL.sub(" ", text))
    text = _MENTION.sub("", text)
    return " ".join(text.split())


def plain_body(markdown: str) -> str:
    """The prose of a post: link texts and spoilers stay; quotes, code, tables, URLs and edits go.

    Paragraphs are separated by a blank line; line breaks within one are kept, since jokes need them.
    """
    text = unescape(markdown).replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANK_LINES.sub("\n\n", _MANY_BLANKS.sub("    ", _HIDDEN.sub("", text)))
    text = _ESCAPE.sub(lambda match: chr(_PRIVATE + ord(match.group(1))), text)
    text = _FENCE.sub("", text)
    text = _without_tables(text)
    text = _INDENTED_CODE.sub("", text)
    text = _QUOTE.sub("", text)
    text = _RULE.sub("", text)
    text = _EDIT.sub("", text)
    for _ in range(2):  # links within emphasis within links
        text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _URL.sub("", text)
    text = _MENTION.sub("", text)
    text = _SPOILER.sub(r"\1", text)
    text = _HEADING.sub("", text)
    text = _BULLET.sub("", text)
    text = _CODE.sub(r"\2", text)
    for _ in range(2):
        text = _STRONG.sub(r"\2", text)
        text = _EMPHASIS.sub(r"\1", text)
        text = _STRONG_UNDERSCORE.sub(r"\2", text)
    text = _SUPERSCRIPT.sub(lambda match: match.group(1) or "", text)
    text = _HIDDEN.sub(lambda match: chr(ord(match.group()) - _PRIVATE), text)
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without_tables(text: str) -> str:
    """Drop a table: the line before the rule, the rule, and the lines with bars after it."""
    lines = text.split("\n")
    drop: set[int] = set()
    for index, line in enumerate(lines):
        if not _TABLE_RULE.match(line) or "|" not in line:
            continue
        drop.update({max(0, index - 1), index})
        below = index + 1
        while below < len(lines) and "|" in lines[below]:
            drop.add(below)
            below += 1
    return "\n".join(line for index, line in enumerate(lines) if index not in drop)
