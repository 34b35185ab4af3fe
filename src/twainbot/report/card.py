"""The data card of the training rows, in the format of Hugging Face dataset cards.

https://huggingface.co/docs/hub/datasets-cards describes the format. Every figure comes from metrics and from
data/sources.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from twainbot.corpus.sources import Source
from twainbot.dataset.gates.suite import HEADER, table

_SIZES = (("n<1K", 1_000), ("1K<n<10K", 10_000), ("10K<n<100K", 100_000))
_HUB_LICENCES = {"CC0-1.0": "cc0-1.0", "MIT": "mit", "CC-BY-4.0": "cc-by-4.0"}


def data_card(
    corpus: str, sources: Sequence[Source], gate: Mapping[str, Any], stages: Mapping[str, Mapping[str, Any]]
) -> str:
    """The card as Markdown.

    Args:
        corpus: sample or full.
        gate: metrics/gate.json.
        stages: metrics of the stages clean, dedupe and split, by name.
    """
    environment = Environment(
        loader=PackageLoader("twainbot", "report"),
        autoescape=False,  # Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    rows = gate["rows"]
    total = sum(sum(mix["split"].values()) for mix in rows.values())
    licences = sorted({source.licence for source in sources})
    return environment.get_template("data_card.md.jinja").render(
        corpus=corpus,
        sources=sources,
        licences=licences,
        licence=_HUB_LICENCES.get(licences[0], "other") if len(licences) == 1 else "other",
        size=next((name for name, limit in _SIZES if total < limit), "100K<n<1M"),
        rows=rows,
        gates=[tuple(cell.replace("|", "\\|") for cell in row) for row in table(gate["gates"])],
        header=HEADER,
        clean=stages["clean"],
        dedupe=stages["dedupe"],
        split=stages["split"].get("rejects", {}),
    )
