"""The pages that an RSS or Atom feed names."""

from __future__ import annotations

import re
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

_XML_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"}
)
_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_HEAD_BYTES = 4096
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


class FeedError(Exception):
    """Why a feed cannot be read."""


def is_feed(data: bytes, content_type: str) -> bool:
    """Whether an answer is a feed: by its type, or, of a server that says HTML of everything, by its root."""
    if content_type.partition(";")[0].strip().casefold() in _XML_TYPES:
        return True
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf")) and bool(_ROOT.search(head))


def feed_links(data: bytes, address: str) -> list[str]:
    """The addresses of a feed's items in its order, each once, made absolute by the feed's ``address``.

    Read are RSS 0.9 to 2.0 and Atom. XML that declares entities or refers to files is refused: an
    entity that names others ten times over fills the memory.

    Raises:
        FeedError: not well-formed, not a feed, or it declares entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise FeedError(f"declares entities or names outside files ({type(error).__name__})") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FeedError(f"not well-formed XML ({error})") from error
    name = _name(root)
    if name not in ("rss", "RDF", "feed"):
        raise FeedError(f"XML, but neither RSS nor Atom (its root is <{name}>)")
    links: dict[str, None] = {}
    for item in root.iter():
        if _name(item) in ("item", "entry") and (link := _link(item)):
            base = urljoin(address, root.get(_XML_BASE, ""))
            try:
                links[urljoin(urljoin(base, item.get(_XML_BASE, "")), link)] = None
            except ValueError:  # "http://[": no address
                links[link] = None
    return list(links)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _link(item: Element) -> str | None:
    guid = None
    for child in item:
        name = _name(child)
        if name == "link":
            if (href := child.get("href")) and child.get("rel", "alternate") == "alternate":
                return href.strip()
            if text := (child.text or "").strip():
                return text
        if name == "guid" and child.get("isPermaLink", "true") == "true":
            guid = (child.text or "").strip() or None
    return guid
