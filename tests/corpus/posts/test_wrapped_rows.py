"""Rows that a server's answer wraps in one object."""

from __future__ import annotations

import json

from twainbot.corpus.posts.jokes import parse_jokes
from twainbot.corpus.posts.reddit import parse_reddit


def test_a_listing_of_reddit() -> None:
    posts = [{"kind": "t3", "data": {"title": title, "score": 3}} for title in ("Fog elected", "Cow resigns")]
    raw = json.dumps({"kind": "Listing", "data": {"after": None, "children": posts}})
    segments, rejects = parse_reddit(raw, doc_id="d", source_id="s", subreddit="fog", where="f")
    assert [segment["text"] for segment in segments] == ["Fog elected", "Cow resigns"]
    assert [json.loads(raw[segment["start"] : segment["end"]]) for segment in segments] == posts
    assert rejects == []


def test_jokes_in_one_object() -> None:
    raw = json.dumps({"count": 1, "jokes": [{"setup": "Why the fog?", "punchline": "It was mist."}]})
    segments, _ = parse_jokes(raw, doc_id="d", source_id="s", where="f")
    assert [segment["text"] for segment in segments] == ["Why the fog?\nIt was mist."]


def test_one_post_with_lists_in_it_is_a_row() -> None:
    raw = json.dumps({"title": "Fog elected", "media": [{"id": "a"}]})
    segments, _ = parse_reddit(raw, doc_id="d", source_id="s", subreddit=None, where="f")
    assert [segment["text"] for segment in segments] == ["Fog elected"]
