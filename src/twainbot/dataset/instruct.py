"""Tagged passages to style rows: chat conversations whose answers are human text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.dataset.sampling import draw, pick
from twainbot.dataset.topics import document_frequencies, topic
from twainbot.files import InputError, content_id
from twainbot.params import read_yaml
from twainbot.records import Example, Message, Passage, Tags
from twainbot.text.normalize import sentence_ends, sentences, words

# Template -> the slot of its phrasings.
TEMPLATES = {
    "talk": "topic",
    "weather": "topic",
    "continue": "opening",
    "maxim": "topic",
    "headline": "topic",
    "joke": "topic",
    "character": "cue",
}
# Below this a continuation is too short to carry a voice.
_MIN_CONTINUATION_WORDS = 15
_MAXIM_WORDS = 30


@dataclass(frozen=True)
class InstructRules:
    """See the ``instruct`` section of params.yaml."""

    max_rows_per_persona: int
    control_tag_share: float
    max_answer_tokens: int
    seed: int


def read_prompts(path: Path) -> dict[str, list[str]]:
    """The phrasings of each template.

    Raises:
        InputError: a template is missing, empty or unknown, or a phrasing lacks its slot; all at once.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of templates, found {type(content).__name__}.")
    problems = [f"{path}: {name}: unknown template" for name in content if name not in TEMPLATES]
    for name, slot in TEMPLATES.items():
        phrasings = content.get(name)
        if not isinstance(phrasings, list) or not phrasings:
            problems.append(f"{path}: {name}: needs a list of phrasings")
            continue
        problems += [
            f"{path}: {name}: {phrasing!r} must hold {{{slot}}} and no other braces"
            for phrasing in phrasings
            if re.findall(r"[{}][^{}]*[{}]?", str(phrasing)) != [f"{{{slot}}}"]
        ]
    if problems:
        raise InputError("\n".join([*problems, f"The templates are: {', '.join(TEMPLATES)}."]))
    return content


def system_prompt(
    persona: str, tags: Tags, personas: Mapping[str, Mapping[str, Any]], with_tags: bool
) -> str:
    """The persona's system prompt, with control tags before it if ``with_tags``."""
    prompt = str(personas[persona]["system_prompt"]).strip()
    if not with_tags:
        return prompt
    controls = f"[PERSONA={persona}] [TONE={tags['tone']}] [DOMAIN={tags['domain']}]"
    return f"{controls.upper()} {prompt}"


def cut_answer(text: str, n_tokens: Callable[[str], int], budget: int) -> str | None:
    """As many whole sentences of ``text``, line breaks kept, as fit the budget; None if not one does."""
    if n_tokens(text) <= budget:
        return text
    kept = None
    for end in sentence_ends(text):
        if n_tokens(text[:end]) > budget:
            break
        kept = text[:end]
    return kept


def _turns(
    passage: Passage, cue: str | None, frequencies: Counter[str], total: int
) -> list[tuple[str, dict[str, str], str]]:
    """(template, slots, answer) of every row that a passage gives."""
    text, kind, persona = passage["text"], passage["kind"], passage["persona"]
    # Who asks for a joke does not know how it ends.
    asked = text.split("\n")[0] if kind == "joke" else text
    about = topic(asked, frequencies, total, headline=kind in ("post", "joke"))
    if kind == "play":
        return [("character", {"cue": cue}, text)] if cue and persona != "player" else []
    if kind in ("post", "joke"):
        return [("headline" if kind == "post" else "joke", {"topic": about}, text)] if about else []
    turns = []
    if about:
        short = len(words(text)) < _MAXIM_WORDS
        name = "weather" if passage["domain"] == "weather" else "maxim" if short else "talk"
        turns.append((name, {"topic": about}, text))
    split = sentences(text.split("\n\n")[0])
    rest = text[len(split[0]) :].strip() if split and text.startswith(split[0]) else ""
    if len(words(rest)) >= _MIN_CONTINUATION_WORDS:
        turns.append(("continue", {"opening": split[0]}, rest))
    return turns


def instruct(
    passages: Sequence[Passage],
    personas: Mapping[str, Mapping[str, Any]],
    prompts: Mapping[str, Sequence[str]],
    n_tokens: Callable[[str], int],
    rules: InstructRules,
) -> list[Example]:
    """Style rows from passages, at most ``max_rows_per_persona`` a persona beside the held-out ones.

    Held-out passages always give their rows: they are the test split. Whether the cap keeps a row depends
    on its passage alone, so adding a book takes from the other books' rows by displacement only.
    """
    frequencies = document_frequencies([passage["text"] for passage in passages])
    by_id = {passage["id"]: passage for passage in passages}
    rows: dict[str, list[tuple[float, Example]]] = {}
    for passage in passages:
        persona = passage["persona"]
        if persona not in personas:
            continue
        previous = by_id.get(passage["previous"] or "")
        cue = cut_answer(previous["text"], n_tokens, rules.max_answer_tokens) if previous else None
        for template, slots, text in _turns(passage, cue, frequencies, len(passages)):
            answer = cut_answer(text, n_tokens, rules.max_answer_tokens)
            # Half a joke is none.
            if not answer or (passage["kind"] == "joke" and answer != text):
                continue
            phrasing = pick(prompts[template], rules.seed, "phrasing", passage["id"], template)
            tags = Tags(
                persona=persona,
                tone=passage["tone"] or "plain",
                domain=passage["domain"] or "general",
                source=passage["kind"],
                device=passage["device"] or "none",
            )
            with_tags = draw(rules.seed, "tags", passage["id"], template) < rules.control_tag_share
            messages = [
                Message(role="system", content=system_prompt(persona, tags, personas, with_tags)),
                Message(role="user", content=phrasing.format(**slots)),
                Message(role="assistant", content=answer),
            ]
            example = Example(
                id=content_id("row", template, passage["id"], json.dumps(messages, ensure_ascii=False)),
                messages=messages,
                tools=None,
                tags=tags,
                origin="human",
                generator="",
                template_id=template,
                parents=[passage["id"], *([previous["id"]] if template == "character" and previous else [])],
                family=passage["family"],
                split="test" if passage["holdout"] else None,
            )
            # The held-out rows come first and do not count towards the cap.
            rank = -1.0 if passage["holdout"] else draw(rules.seed, "cap", passage["id"], template)
            rows.setdefault(persona, []).append((rank, example))
    kept: list[Example] = []
    for persona in sorted(rows):
        held_out = sum(rank < 0 for rank, _ in rows[persona])
        chosen = sorted(rows[persona], key=lambda row: row[0])[: held_out + rules.max_rows_per_persona]
        kept.extend(example for _, example in chosen)
    return kept
