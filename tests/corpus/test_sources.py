"""data/sources.yaml: strict, and all its problems at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from twainbot.corpus.sources import Source, load_sources
from twainbot.files import InputError

ENTRY = """\
  - id: {id}
    corpus: {corpus}
    kind: gutenberg
    persona: twain
    title: A Book
    author: Somebody
    licence: CC0-1.0
    path: books/{id}.txt
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text("sources:\n" + text, encoding="utf-8")
    return path


def test_only_the_chosen_corpus_in_file_order(tmp_path: Path) -> None:
    text = "".join(
        ENTRY.format(id=name, corpus=corpus)
        for name, corpus in [("b", "sample"), ("x", "full"), ("a", "sample")]
    )
    sources = load_sources(_write(tmp_path, text), "sample")
    assert [source.id for source in sources] == ["b", "a"]
    assert (sources[0].holdout, sources[0].urls, sources[0].sha256, sources[0].language) == (
        False,
        [],
        None,
        "en",
    )


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = (
        ENTRY.format(id="a", corpus="sample")
        + ENTRY.format(id="a", corpus="full").replace("persona", "personna")
        + ENTRY.format(id="c", corpus="sample").replace("books/c.txt", "../c.txt")
        + ENTRY.format(id="a", corpus="full")
        + "  - just text\n"
    )
    with pytest.raises(InputError) as error:
        load_sources(_write(tmp_path, text), "sample")
    message = str(error.value)
    assert "source 2 (a): personna: unknown key; did you mean 'persona'?" in message
    assert "source 2 (a): persona: missing" in message
    assert "source 3 (c): path" in message
    assert "source 5: expected a mapping" in message
    assert "id 'a' is used by more than one source" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("author: Somebody", "author: Somebody\n    year: '1894'", "year"),
        ("author: Somebody", "author: Somebody\n    sha256: abc", "sha256"),
        ("author: Somebody", "author: Somebody\n    urls: [ftp://example.org/a]", "must start with https://"),
        ("author: Somebody", "author: Somebody\n    characters: {HERO: hamlet}", "belongs to plays only"),
        (
            "author: Somebody",
            "author: Somebody\n    aliases: {HERO: HAMLET}",
            "`aliases` belongs to plays only",
        ),
        ("author: Somebody", "author: Somebody\n    subreddit: TheOnion", "belongs to kind reddit only"),
        ("kind: gutenberg", "kind: novel", "kind"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        load_sources(_write(tmp_path, ENTRY.format(id="a", corpus="sample").replace(old, new)), "sample")


WEB = """\
  - {id: w, corpus: full, kind: web, persona: a, title: T, author: A, licence: LICENCE, path: web/w.jsonl}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "LICENCE",
            "CC-BY-NC-4.0",
            "'CC-BY-NC-4.0' is no licence that permits to take the pages. Give one of ",
        ),
        (
            "LICENCE",
            "all rights reserved",
            "'all rights reserved' is no licence that permits to take the pages",
        ),
        ("LICENCE", "permission", "licence 'permission' needs a `permission:` that says who allows the use"),
        (
            "LICENCE",
            "own, permission: ' '",
            "licence 'own' needs a `permission:` that says who allows the use",
        ),
        ("LICENCE, path: web/w.jsonl", "CC0-1.0, path: web/w.html", "not 'web/w.html'"),
        ("LICENCE", "CC0-1.0, subreddit: x", "`subreddit` belongs to kind reddit only"),
        ("kind: web", "kind: jokes, permission: by letter", "`permission` belongs to kind web only"),
    ],
)
def test_pages_need_an_open_licence_or_a_permission(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    with pytest.raises(InputError) as error:
        load_sources(_write(tmp_path, WEB.replace(old, new)), "full")
    assert expected in str(error.value)


@pytest.mark.parametrize(
    "licence", ["CC-BY-4.0", "CC0-1.0", "permission, permission: 'A. Author, by letter, 2026'"]
)
def test_pages_with_a_licence(tmp_path: Path, licence: str) -> None:
    assert load_sources(_write(tmp_path, WEB.replace("LICENCE", licence)), "full")[0].kind == "web"


def test_all_problems_of_an_entry_at_once(tmp_path: Path) -> None:
    entry = WEB.replace("LICENCE", "unknown, subreddit: x, characters: {A: b}").replace("w.jsonl", "w.txt")
    with pytest.raises(InputError) as error:
        load_sources(_write(tmp_path, entry), "full")
    for key in ("`characters`", "`subreddit`", "'unknown' is no licence", "`path`"):
        assert key in str(error.value)


def test_invalid_yaml_names_file_and_line(tmp_path: Path) -> None:
    path = _write(tmp_path, "  - id: a\n   corpus: [\n")
    with pytest.raises(InputError, match=r"sources\.yaml:3:\d+: not valid YAML"):
        load_sources(path, "sample")


def test_an_empty_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no source has `corpus: full` \(there are: sample\)"):
        load_sources(_write(tmp_path, ENTRY.format(id="a", corpus="sample")), "full")


def test_persona_of_a_speaker() -> None:
    source = Source(
        id="p", corpus="sample", kind="play", persona="player", title="T", author="A", licence="CC0",
        path="p.txt", characters={"ALARIC": "hamlet"},
    )  # fmt: skip
    personas = [source.persona_of(name) for name in ("ALARIC", "BRANT", "ALARIC AND BRANT", None)]
    assert personas == ["hamlet", "player", "player", "player"]


def test_the_committed_file_is_valid(at_root: Path) -> None:
    sample, full = (load_sources(at_root / "data/sources.yaml", name) for name in ("sample", "full"))
    assert all((at_root / "data/sample" / source.path).is_file() for source in sample)
    assert all(source.urls and source.sha256 for source in full)
    assert {source.id for source in full if source.holdout} == {
        "pg102",
        "pg1661",
        "pg45515",
        "pg48136",
        "pg98",
    }
    assert {source.persona for source in sample} >= {
        "twain",
        "franklin",
        "neutral",
        "player",
        "satire",
        "deadpan",
        "weather",
    }
