"""The sections of params.yaml as typed, strict models.

What a value does is said beside it in params.yaml; here is what it may be.
"""

from __future__ import annotations

from twainbot.sections.models import Alerts, Base, Evaluate, Preflight, Report, Style, Train
from twainbot.sections.rows import Contrast, Gate, Instruct, Split, Teacher, Toolcalls
from twainbot.sections.strict import Section
from twainbot.sections.texts import Clean, Corpus, Dedupe, Engine, Fetch, Tag


class Params(Section):
    """The whole of params.yaml. Ranges and effects are explained beside each value there."""

    seed: int
    engine: Engine
    corpus: Corpus
    fetch: Fetch
    clean: Clean
    dedupe: Dedupe
    tag: Tag
    toolcalls: Toolcalls
    instruct: Instruct
    teacher: Teacher
    split: Split
    contrast: Contrast
    gate: Gate
    base: Base
    train: Train
    preflight: Preflight
    alerts: Alerts
    evaluate: Evaluate
    style: Style
    report: Report
