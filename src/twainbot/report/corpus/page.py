"""The corpus page: one HTML file that needs nothing from elsewhere, its plots as PNG, and headline counts.

The same corpus gives the same bytes. What the corpus says is untrusted: it is escaped, and a content
security policy lets only the page's own script run even if it were not.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from twainbot.report.corpus import captions, figures, flow_figures
from twainbot.report.corpus.duplicates import Duplicates, duplicates
from twainbot.report.corpus.flow import Flow, by_kind, grouped, source_flows
from twainbot.report.corpus.inputs import Corpus
from twainbot.report.corpus.rejects import Rule, languages, rules, shown
from twainbot.report.corpus.sample import choices, sample
from twainbot.report.corpus.tags import balance, cross_table, flag_counts, mission, selection, weather_shares
from twainbot.report.templates import page_templates

PLOTS = ("corpus_flow", "weather_share")  # those that ``dvc plots`` shows
LOWEST = 5  # passages of lowest quality shown


@dataclass(frozen=True)
class CorpusPage:
    html: str
    plots: dict[str, bytes]  # PNG by name
    headline: dict[str, Any]  # for metrics/corpus.json


def build_corpus_page(corpus: Corpus, name: str, seed: int, thresholds: Mapping[str, float]) -> CorpusPage:
    """The page of the corpus called ``name``; ``seed`` chooses the examples and the sample.

    ``thresholds`` are the tags', by which the selection is counted.
    """
    flows = source_flows(corpus)
    kinds, sources = by_kind(flows), grouped(flows)
    found = duplicates(corpus)
    ruled = rules(corpus, seed)
    dropped_languages, foreign = languages(corpus)
    shares = weather_shares(corpus)
    tables = [cross_table(corpus.passages, "persona", "tone"), cross_table(corpus.passages, "tone", "domain")]
    cards = sample(corpus, seed)
    selected = selection(corpus, thresholds)
    tags = balance(corpus.passages)
    drawings = [
        flow_figures.rivers(kinds),
        flow_figures.source_bars(sources),
        figures.lengths(corpus.passages),
        figures.duplicate_figure(found),
        figures.bars("balance", "Passages by persona, tone, domain and device", tags, "passages"),
        figures.heat_maps(tables),
        figures.weather_shares(shares),
        figures.quality(corpus.passages),
    ]
    environment = page_templates()
    filters: dict[str, Any] = environment.filters
    filters |= {"percent": figures.percent, "count": "{:,}".format, "words": _words}
    script = environment.get_template("corpus.js.jinja").render()
    html = environment.get_template("corpus.html.jinja").render(
        name=name,
        seed=seed,
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        tiles=captions.tiles(corpus, kinds, found),
        captions=captions.captions(corpus, kinds, sources, found, tags, shares),
        sources=sources,
        titles={flow.name: flow.title for flow in flows},
        rules=ruled,
        inputs=_inputs(flows),
        most=max((rule.records for rule in ruled), default=1),
        languages=dropped_languages,
        foreign=foreign,
        segments=sum(flow.segments for flow in flows),
        duplicates=found,
        selection=selected,
        mission=mission(selected),
        flags=flag_counts(corpus.passages),
        cards=cards,
        choices=choices(cards),
        lowest=_lowest(corpus),
        figures={drawing.name: Markup(drawing.svg) for drawing in drawings},
    )
    plots = {drawing.name: drawing.png for drawing in drawings if drawing.name in PLOTS}
    return CorpusPage(html, plots, headline(corpus, flows, ruled, found))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _inputs(flows: list[Flow]) -> dict[str, int]:
    """What each stage was given: the whole of which a rule's records are a part."""
    segments, passages = sum(flow.segments for flow in flows), sum(flow.passages for flow in flows)
    rejected = [loss for flow in flows for step in ("body", "segments") for loss in flow.lost[step].values()]
    parsed = sum(loss.records for loss in rejected)
    return {"parse": segments + parsed, "clean": segments, "dedupe": passages, "tag": passages}


def _lowest(corpus: Corpus) -> list[tuple[str, str, float, str]]:
    """(id, source, quality, beginning) of the passages that were kept with the lowest scores."""
    ordered = sorted(corpus.passages, key=lambda passage: (passage["quality"], passage["id"]))[:LOWEST]
    return [
        (p["id"], p["source_id"], p["quality"], shown(" ".join(p["text"].split())[:160], corpus.slurs))
        for p in ordered
    ]


def headline(corpus: Corpus, flows: list[Flow], ruled: list[Rule], found: Duplicates) -> dict[str, Any]:
    """Counts worth a line in ``dvc metrics diff``: rows and weather rows by persona, shares dropped."""
    whole = _inputs(flows)
    rows: dict[str, dict[str, int]] = {}
    for _, persona, domain in sorted(corpus.rows, key=lambda row: row[1:]):
        rows.setdefault(persona, {}).setdefault(domain, 0)
        rows[persona][domain] += 1
    return {
        "passages": len(corpus.passages),
        "tokens": sum(passage["n_tokens"] for passage in corpus.passages),
        "rows": rows,
        "duplicate_share": found.removed / found.passages if found.passages else 0.0,
        "reject_share": {
            f"{rule.stage}_{rule.reason}": rule.records / whole[rule.stage]
            for rule in ruled
            if whole.get(rule.stage)
        },
    }
