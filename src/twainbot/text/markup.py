"""HTML in posts: entities become characters, tags go, what is never shown goes with its tag."""

from __future__ import annotations

import html
import re

# Only these: html.unescape also rewrites bare names ("&notit;" becomes a negation sign and "it;").
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|[lr][sd]quo|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE
)
# No second beginning within: looking for each end from each beginning would cost the square of the length.
_HIDDEN = re.compile(
    r"<!--(?:(?!<!--).){0,10000}?-->"
    r"|<(script|style|template)\b[^<>]{0,1000}>(?:(?!<\1\b).){0,20000}?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
# Known tags only: "a < b and c > d" is none. `address` is not among them, as <ADDRESS> is a placeholder.
_BLOCK = re.compile(
    r"</?(?:article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|ol|p|pre"
    r"|section|table|tbody|td|tfoot|th|thead|tr|ul)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|body|center|cite|code|del|em|font|head|html|i|img|input|ins|kbd|label|link|mark|meta"
    r"|q|s|samp|script|small|span|strike|strong|style|sub|sup|time|title|tt|u|var|wbr)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)


def without_markup(text: str) -> str:
    """``text`` without HTML; the tags of blocks leave a line break.

    Idempotent: escapes of escapes and tags within tags are undone until none is left. Each round but the
    last makes the text shorter, so it ends.
    """
    while True:
        before = text
        if "&" in text:
            text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
        if "<" in text:
            text = _INLINE.sub("", _BLOCK.sub("\n", _HIDDEN.sub("", text)))
        if text == before:
            return text
