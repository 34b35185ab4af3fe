from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twainbot.dataset.tools.places import Gazetteer, hashed_split, load_places, normalise, parse_places
from twainbot.files import InputError

ROOT = Path(__file__).resolve().parents[3]
PLACES = load_places(ROOT / "data/tools/places.yaml")


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("Hannibal", "Hannibal, Missouri"),
        ("hannibal,MO", "Hannibal, Missouri"),
        ("Hannibal MO", "Hannibal, Missouri"),
        ("  HANNIBAL,   Missouri. ".strip(" ."), "Hannibal, Missouri"),
        ("Hannibal, USA", "Hannibal, Missouri"),
        ("Hannibal, Missouri, United States", "Hannibal, Missouri"),
        ("NYC", "New York, New York"),
        ("London", "London, England"),
        ("London, Ontario", "London, Ontario"),
        ("london, canada", "London, Ontario"),
        ("London, UK", "London, England"),
        ("Paris, TX", "Paris, Texas"),
        ("paris", "Paris, France"),
        ("São Paulo", "Sao Paulo, Brazil"),
        ("Washington, DC", "Washington, D.C."),
        ("Munich, Germany", "Munich, Bavaria"),
    ],
)
def test_resolve(said: str, label: str) -> None:
    place = PLACES.resolve(said)
    assert place is not None
    assert place.label == label


@pytest.mark.parametrize("said", ["", " , ", "Grumblewick", "Venice, Illinois", "Paris, Ohio"])
def test_no_place_is_better_than_another(said: str) -> None:
    assert PLACES.resolve(said) is None
    assert PLACES.canonical(said) == normalise(said)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Singapore", "Singapore"),
        ("Hannibal", "Hannibal, Missouri"),
        ("New York", "New York"),
        ("Lima", "Lima, Peru"),
    ],
)
def test_nobody_says_a_name_twice(said: str, address: str) -> None:
    place = PLACES.resolve(said)
    assert place is not None
    assert place.address == address


def test_every_name_of_a_place_resolves_to_it() -> None:
    for place in PLACES.places:
        assert PLACES.resolve(place.label) is place
        for name in [*PLACES.names(place), *place.aliases]:
            assert PLACES.resolve(name) is place, name
        assert PLACES.unambiguous(place) == (PLACES.resolve(place.name) is place)


def test_the_list_is_large_and_split_80_10_10() -> None:
    splits = Counter(place.split for place in PLACES.places)
    total = len(PLACES.places)
    assert total >= 400
    assert len({place.country for place in PLACES.places}) >= 100
    assert 0.75 < splits["train"] / total < 0.85
    assert min(splits["val"], splits["test"]) >= 0.07 * total


@given(st.text(max_size=30))
def test_canonical_is_idempotent(text: str) -> None:
    once = PLACES.canonical(text)
    assert PLACES.canonical(once) == once


@given(st.text(max_size=12))
def test_hashed_split_depends_on_the_key_alone(key: str) -> None:
    assert hashed_split("salt", key) == hashed_split("salt", key)


def test_all_problems_are_named_at_once() -> None:
    data: dict[str, Any] = {
        "places": [
            ["Oldham", None, "England", 53.5, "oceanic"],
            ["Oldham", None, "England", 53.5, "oceanic"],
            ["Dustville", None, "Nowhere", 12, "martian"],
            ["Short row", 3],
        ],
        "aliases": {"The Ham": "Oldham, England", "Ghost": "Ghost Town, Nevada"},
    }
    with pytest.raises(InputError) as caught:
        parse_places(data, "places.yaml")
    message = str(caught.value)
    for part in ("place 4", "climate 'martian'", "listed twice", "'Ghost'"):
        assert part in message


def test_first_of_a_name_is_meant_by_it() -> None:
    rows = [["Troy", "New York", "United States", 42.7, "continental"], ["Troy", "", "Turkey", 40, "steppe"]]
    gazetteer: Gazetteer = parse_places({"places": rows}, "x")
    assert gazetteer.canonical("troy") == "troy, new york"
    assert gazetteer.canonical("Troy, Turkey") == "troy, turkey"
