"""The benchmark of scale: what it makes copies of, and how it reads growth off its measurements."""

from __future__ import annotations

import random

import pytest
import yaml
from workspace import benchmark

from twainbot.corpus.sources import Source
from twainbot.files import InputError

scale = benchmark("scale")


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_the_power(power: float) -> None:
    assert scale.exponent([(n, 3 * n**power) for n in (1, 4, 16)]) == pytest.approx(power)


def test_half_of_the_longer_words_change_and_nothing_else() -> None:
    text = "CHAPTER I\n\nThe " + "river runs past every landing, slow and brown. " * 200
    bins = scale.frequency_bins(text)
    changed = scale.perturb(text, bins, random.Random(1))
    pairs = list(zip(text.split(" "), changed.split(" "), strict=True))
    longer = [(old, new) for old, new in pairs if len(old.strip(",.\n")) >= 4 and old.islower()]
    assert all(old == new for old, new in pairs if (old, new) not in longer)
    # Half are drawn, and of the eight words (one is in the heading) one in eight draws itself: 0.44 of 1,400.
    assert 0.38 < sum(old != new for old, new in longer) / len(longer) < 0.48
    assert changed == scale.perturb(text, bins, random.Random(1))
    assert changed != scale.perturb(text, bins, random.Random(2))


def test_copies_are_sources_that_differ(mirror, tmp_path) -> None:
    sources = yaml.safe_load(scale.replicate(mirror, tmp_path, 2))["sources"]
    assert (
        len({Source.model_validate(source).id for source in sources}) == len(sources) == 2 * len(scale.BASE)
    )
    for name in scale.BASE:
        first, second = ((tmp_path / f"{copy:02d}" / name).read_text() for copy in (0, 1))
        assert first != second
        assert first.splitlines()[0] == second.splitlines()[0] or not name.endswith(".csv")


def test_a_document_without_marks_is_refused() -> None:
    cost = {"cpu_seconds": 1.0, "peak_mb": 1.0, "worker_peak_mb": 1.0, "wall_seconds": 1.0}
    run = {**cost, "bytes": 1, "documents": 1, "stages": dict.fromkeys(scale.STAGES, cost)}
    more = {**cost, "cpu_seconds": 4.0}
    results = {
        "cores": 1,
        "mirror": {"1": run, "2": run},
        "growth": {
            "sizes": {"4": run, "16": {**run, "documents": 4, "stages": dict.fromkeys(scale.STAGES, more)}},
            "exponent_of_the_two_largest": dict.fromkeys((*scale.STAGES, "all"), 1.0),
        },
    }
    results["cpu_seconds_per_million_documents"] = scale.per_million(results["growth"])
    with pytest.raises(InputError, match="scale:begin"):
        scale.with_table("# Scale", results)
    text = "<!-- scale:begin -->\nold\n<!-- scale:end -->\n"
    assert "| parse | 1,000,000 | 1.00 | 1 | any engine | 0.3 | 0.0 |" in scale.with_table(text, results)
