"""Tagged passages, and what is written for the purpose, to style rows in the chat format."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

from twainbot.dataset.sampling import draw
from twainbot.dataset.style.balance import Rank, Ranked, cap_personas, cap_templates, source_cap
from twainbot.dataset.style.moments import Moments
from twainbot.dataset.style.plain_english import PlainEnglish
from twainbot.dataset.style.shelf import Shelf, Turn, shelf
from twainbot.dataset.style.templates import phrased
from twainbot.dataset.style.turns import chosen_turns, scarcity
from twainbot.dataset.style.written import Written
from twainbot.files import content_id
from twainbot.records import PROSE, Example, Message, Passage, Tags

# Prose of its shelf is other people's, from the personas' time: it shows the style classifier what they are
# not, and would teach the plain voice to be one of theirs.
PLAIN_PERSONA = "neutral"
# All records share their form, and with it runs of words: they must not be parted by a split.
_FACTS_FAMILY = "fact"


@dataclass(frozen=True)
class InstructRules:
    """See the ``instruct`` section of params.yaml."""

    max_rows_per_persona: int
    max_rows_per_passage: int
    max_source_share: float
    max_template_share: float
    template_shares: Mapping[str, float]
    control_tag_share: float
    control_tag_dropout: float
    max_answer_tokens: int
    min_imitation_change: float
    seed: int


class NoRow(TypedDict):
    """A row that was not made or not kept. ``template`` is ``*`` if the passage gives none at all."""

    id: str  # of the passage, or the entry of a written row
    template: str
    reason: str


class Rows(NamedTuple):
    kept: list[Example]
    rejects: list[NoRow]


@dataclass(frozen=True)
class Material:
    """What rows are made of beside passages."""

    personas: Mapping[str, Mapping[str, Any]]
    prompts: Mapping[str, Sequence[str]]
    moments: Moments
    plain: PlainEnglish
    n_tokens: Callable[[str], int]
    written: Sequence[Written] = ()
    neutral: Mapping[str, str] = field(default_factory=dict)  # passage id -> plain English, by a teacher


def control_tags(tags: Tags, key: str, *, share: float, dropout: float, seed: int) -> list[str]:
    """The control tags that the row with this key shows; each may be missing, so that none is leaned on."""
    if draw(seed, "tags", key) >= share:
        return []
    shown = {"persona": tags["persona"], "tone": tags["tone"], "domain": tags["domain"]}
    return [
        f"[{name}={value}]".upper()
        for name, value in shown.items()
        if draw(seed, "tag", name, key) >= dropout
    ]


def system_prompt(
    persona: str, personas: Mapping[str, Mapping[str, Any]], controls: Sequence[str] = ()
) -> str:
    """The persona's system prompt, with control tags before it."""
    return " ".join([*controls, str(personas[persona]["system_prompt"]).strip()])


def _messages(
    tags: Tags, question: str, answer: str, material: Material, rules: InstructRules, key: str
) -> Any:
    controls = control_tags(
        tags, key, share=rules.control_tag_share, dropout=rules.control_tag_dropout, seed=rules.seed
    )
    return [
        Message(role="system", content=system_prompt(tags["persona"], material.personas, controls)),
        Message(role="user", content=question),
        Message(role="assistant", content=answer),
    ]


def row_id(template: str, origin: str, messages: Sequence[Message]) -> str:
    """The id of a style row; ``origin`` is its first parent, or its family if it was written."""
    return content_id("row", template, origin, json.dumps(messages, ensure_ascii=False))


def _passage_row(
    passage: Passage, persona: str, turn: Turn, rank: Rank, material: Material, rules: InstructRules
) -> Ranked:
    tags = Tags(
        persona=persona,
        tone=passage["tone"] or "plain",
        domain=passage["domain"] or "general",
        source=passage["kind"],
        device=passage["device"] or "none",
    )
    question = phrased(turn.template, turn.slots, material.prompts, rules.seed, passage["id"])
    # Templates of one passage differ in their tags.
    messages = _messages(tags, question, turn.answer, material, rules, f"{passage['id']}{turn.template}")
    example = Example(
        id=row_id(turn.template, passage["id"], messages),
        messages=messages,
        tools=None,
        tags=tags,
        origin="human",
        generator=turn.generator,
        template_id=turn.template,
        parents=[passage["id"], *turn.parents],
        family=_FACTS_FAMILY if passage["kind"] == "fact" else passage["family"],
        split="test" if passage["holdout"] else None,
    )
    return Ranked(example, passage["source_id"], rank, passage["holdout"], not turn.sure)


def _written_row(written: Written, material: Material, rules: InstructRules) -> Ranked:
    tags = Tags(persona=written.persona, tone="plain", domain=written.domain, source="written", device="none")
    key = f"{written.entry} {written.persona} {written.question}"
    messages = _messages(tags, written.question, written.answer, material, rules, key)
    example = Example(
        id=row_id(written.template, written.entry, messages),
        messages=messages,
        tools=None,
        tags=tags,
        origin="synthetic",
        generator=f"data/prompts/{'plain' if written.template == 'plain' else 'refusals'}.yaml",
        template_id=written.template,
        parents=[],
        family=written.entry,
        split=None,
    )
    return Ranked(example, "", (draw(rules.seed, "cap", key), 0.0))


def _persona(passage: Passage, personas: Mapping[str, Any]) -> tuple[str, str]:
    """Whose rows a passage gives, and if nobody's, why."""
    if passage["kind"] == "fact":
        return (PLAIN_PERSONA, "") if PLAIN_PERSONA in personas else ("", "no_card")
    if passage["persona"] not in personas:
        return "", "no_card"
    if passage["persona"] == PLAIN_PERSONA and passage["kind"] in PROSE:
        return "", "prose_by_others"
    return passage["persona"], ""


def _persona_rows(
    persona: str,
    sources: Mapping[str, Sequence[Passage]],
    known: Shelf,
    material: Material,
    rules: InstructRules,
) -> tuple[list[Ranked], list[NoRow]]:
    """Rows of a persona, a passage of each source in turn, until there are as many as may be kept.

    Passages are taken in the order of their rank; those beyond the caps are not looked at.
    """
    rows: list[Ranked] = []
    rejects: list[NoRow] = []
    counts: Counter[str] = Counter()
    cap = source_cap(rules.max_rows_per_persona, rules.max_source_share, len(sources))
    ranks: dict[str, Rank] = {
        passage["id"]: (scarcity(passage, known), draw(rules.seed, "cap", passage["id"]))
        for found in sources.values()
        for passage in found
    }
    queues = {
        source: deque(sorted(sources[source], key=lambda p: (not p["holdout"], ranks[p["id"]])))
        for source in sorted(sources)
    }
    while queues:
        for source, queue in list(queues.items()):
            if not queue:
                del queues[source]
                continue
            over = counts.total() >= rules.max_rows_per_persona
            reason = "source_cap" if counts[source] >= cap else "persona_cap" if over else ""
            if reason and not queue[0]["holdout"]:
                rejects += [NoRow(id=passage["id"], template="*", reason=reason) for passage in queue]
                del queues[source]
                continue
            passage = queue.popleft()
            turns, none = chosen_turns(passage, known)
            rejects += [NoRow(id=passage["id"], template=turn.template, reason=turn.reason) for turn in none]
            rank = ranks[passage["id"]]
            rows += [_passage_row(passage, persona, turn, rank, material, rules) for turn in turns]
            counts[source] += 0 if passage["holdout"] else len(turns)
    return rows, rejects


def instruct(passages: Sequence[Passage], material: Material, rules: InstructRules) -> Rows:
    """Style rows, at most ``max_rows_per_persona`` a persona beside the held-out and the written ones.

    Held-out passages are the test split, and of the caps only that on templates drops a row of theirs.
    Whether a cap keeps a row depends on its passage and on how many rows the other sources have.
    """
    known = shelf(
        passages,
        material.moments,
        material.plain,
        material.n_tokens,
        seed=rules.seed,
        max_answer_tokens=rules.max_answer_tokens,
        max_rows_per_passage=rules.max_rows_per_passage,
        min_imitation_change=rules.min_imitation_change,
        neutral=material.neutral,
    )
    groups: dict[str, dict[str, list[Passage]]] = {}
    rejects: list[NoRow] = []
    for passage in passages:
        persona, reason = _persona(passage, material.personas)
        if reason:
            rejects.append(NoRow(id=passage["id"], template="*", reason=reason))
        else:
            groups.setdefault(persona, {}).setdefault(passage["source_id"], []).append(passage)
    rows: list[Ranked] = []
    for persona, sources in sorted(groups.items()):
        made, none = _persona_rows(persona, sources, known, material, rules)
        rows += made
        rejects += none
    rows, over_personas = cap_personas(rows, rules.max_rows_per_persona, rules.max_source_share)
    for written in material.written:
        if material.n_tokens(written.answer) > rules.max_answer_tokens:
            rejects.append(NoRow(id=written.entry, template=written.template, reason="too_long"))
        elif written.persona in material.personas:
            rows.append(_written_row(written, material, rules))
    rows, over_templates = cap_templates(rows, rules.max_template_share, rules.template_shares)
    for row, reason in (*over_personas, *over_templates):
        origin = (row.example["parents"] or [row.example["family"]])[0]
        rejects.append(NoRow(id=origin, template=row.example["template_id"], reason=reason))
    return Rows([row.example for row in rows], rejects)
