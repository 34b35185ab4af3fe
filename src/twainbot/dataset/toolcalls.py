"""Conversations that teach when to call a tool and when not, and held-out ones that test it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from twainbot.dataset.dialogues import build
from twainbot.dataset.episodes import Decision, Episode, World
from twainbot.dataset.places import Gazetteer
from twainbot.dataset.scenarios import CALL_SCENARIOS, FAILURES, Wording, quotas, split_of
from twainbot.files import InputError, content_id
from twainbot.records import Example, Split, Tags

GENERATOR = "twainbot.dataset.toolcalls"
# Where the splits of an episode's template and place come from; (template, place): weight.
_COMBINATIONS: dict[Split, dict[tuple[Split, Split], float]] = {
    "train": {("train", "train"): 1.0},
    "val": {("val", "val"): 0.4, ("val", "train"): 0.3, ("train", "val"): 0.3},
    "test": {("test", "test"): 0.4, ("test", "train"): 0.3, ("train", "test"): 0.3},
}
# What the items without a weather call are made of; a turn's kind is named by its decision.
NO_CALL_KINDS = {
    "no_call_weather_words": 0.34, "no_call_smalltalk": 0.2, "no_call_other_tool_only": 0.14,
    "missing_place": 0.1, "recall": 0.06, "thanks": 0.04, **{f"after_{kind}": 0.03 for kind in FAILURES},
}  # fmt: skip
# "Today" of an episode is up to this many days after the clock, so that all seasons occur.
_SEASON_DAYS = 365


def _world(
    places: Gazetteer, tool: Mapping[str, Any], other_tools: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]], wording: Wording, seed: int, clock: date | str,
) -> World:  # fmt: skip
    known = {name: personas[name] for name in wording.replies if name in personas}
    if missing := sorted(set(wording.replies) - set(known)):
        raise InputError(
            f"data/personas.yaml has no card for {', '.join(missing)}, whom data/tools/replies quotes."
        )
    day = date.fromisoformat(clock) if isinstance(clock, str) else clock
    return World(places, tool, other_tools, known, wording, seed, day)


def _episode(world: World, kind: str, split: Split, key: str) -> Episode:
    rng = random.Random(f"{world.seed}/{key}")
    combinations = _COMBINATIONS[split]
    template_split, place_split = rng.choices(list(combinations), list(combinations.values()))[0]
    return build(
        Episode(
            world,
            rng,
            kind,
            persona=rng.choice(sorted(world.personas)),
            today=world.clock + timedelta(days=rng.randrange(_SEASON_DAYS)),
            split=split,
            template_split=template_split,
            place_split=place_split,
            lower=rng.random() < 0.25,
        )
    )


def make_episodes(
    places: Gazetteer,
    tool: Mapping[str, Any],
    other_tools: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]],
    wording: Wording,
    *,
    n: int,
    seed: int,
    no_call_share: float = 0.4,
    clock: date | str,
) -> list[Example]:
    """``n`` conversations, each with its split; the same arguments give the same rows.

    Args:
        personas: the cards of data/personas.yaml; those with sentences in ``wording`` speak.
        no_call_share: share of the conversations that ask for nothing of the weather tool.
        clock: the first possible "today".

    Raises:
        InputError: a persona has sentences and no card.
    """
    world = _world(places, tool, other_tools, personas, wording, seed, clock)
    rng = random.Random(f"{seed}/splits")
    kinds = [kind for kind, count in quotas(n, no_call_share).items() for _ in range(count)]
    rng.shuffle(kinds)
    splits: tuple[Split, ...] = ("train", "val", "test")
    rows: dict[str, Example] = {}
    for number, kind in enumerate(kinds):
        split = rng.choices(splits, (8, 1, 1))[0]
        for attempt in range(50):
            row = _example(_episode(world, kind, split, f"{number}/{attempt}"))
            # Few sentences are held out, so a repeated conversation is drawn again.
            if row["id"] not in rows:
                rows[row["id"]] = row
                break
    return list(rows.values())


def _example(episode: Episode) -> Example:
    tools = [dict(tool) for tool in episode.tools]
    chat = episode.kind.startswith("no_call")
    return Example(
        id=content_id("tool", json.dumps([episode.messages, tools], ensure_ascii=False)),
        messages=episode.messages,
        tools=tools,
        tags=Tags(
            persona=episode.persona,
            tone=str(episode.world.personas[episode.persona].get("tones", ["plain"])[0]),
            domain="chat" if chat else "weather",
            source="synthetic",
            device="",
        ),
        origin="synthetic",
        generator=GENERATOR,
        template_id=f"{episode.kind}:{episode.template}",
        parents=[],
        family=episode.family,
        split=split_of(episode.family),
    )


def eval_items(
    places: Gazetteer,
    tool: Mapping[str, Any],
    other_tools: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]],
    wording: Wording,
    *,
    call_items: int,
    no_call_items: int,
    answer_items: int = 0,
    seed: int,
    clock: date | str,
) -> list[dict[str, Any]]:
    """Held-out turns with what is right there, as rows ``{id, kind, family, today, messages, tools, gold}``.

    ``gold`` is ``{call, name, arguments}``; ``arguments`` gives the accepted values of every argument of
    the tool, where ``None`` stands for leaving it out. Items of no_call_items that want another tool have
    ``gold.call`` true and that tool's name. Answer items end in a tool's report; they are for
    :mod:`twainbot.evaluation.groundedness`.

    Raises:
        InputError: more items are asked for than the held-out sentences and places give.
    """
    world = _world(places, tool, other_tools, personas, wording, seed, clock)
    items: dict[str, dict[str, Any]] = {}
    for name, count, weights in (
        ("call", call_items, CALL_SCENARIOS),
        ("no_call", no_call_items, NO_CALL_KINDS),
        ("answer", answer_items, {"answer": 1.0}),
    ):
        kinds = [kind for kind, share in weights.items() for _ in range(max(1, round(share * count)))]
        for number in range(count):
            kind = kinds[number * len(kinds) // count] if len(kinds) >= count else kinds[number % len(kinds)]
            for attempt in range(500):
                item = _item(world, name, kind, f"eval/{name}/{number}/{attempt}")
                said = json.dumps(item["messages"]) if item else ""  # other tools beside it make no new item
                if item and said not in items:
                    items[said] = item
                    break
            else:
                raise InputError(
                    f"only {number} of {count} {name} items are different; ask for fewer in params.yaml "
                    "(evaluate) or add sentences to data/tools/requests.yaml and chatter.yaml."
                )
    return list(items.values())


def _scenario(rng: random.Random, kind: str) -> str:
    if kind.startswith("after_"):
        return kind.removeprefix("after_")
    if kind in ("recall", "thanks", "answer"):
        return rng.choice(("plain", "unit", "relative_date", "follow_up"))
    return kind


def _item(world: World, name: str, kind: str, key: str) -> dict[str, Any] | None:
    rng = random.Random(f"{world.seed}/item/{key}")
    episode = _episode(world, _scenario(rng, kind), "test", key)
    if split_of(episode.family) != "test":
        return None
    wanted: list[Decision]
    if name == "call":
        wanted = [d for d in episode.decisions if d.call]
        if kind != "compare":
            wanted = wanted[-1:]
    elif kind == "no_call_other_tool_only":
        wanted = [d for d in episode.decisions if d.call]
    else:
        wanted = [d for d in episode.decisions if d.kind == kind and not d.call][:1]
    if not wanted:
        return None
    decision = rng.choice(wanted)
    messages = episode.messages[: decision.at]
    return {
        "id": content_id("item", json.dumps([messages, episode.tools], ensure_ascii=False)),
        "kind": kind,
        "family": episode.family,
        "today": episode.today.isoformat(),
        "messages": messages,
        "tools": [dict(tool) for tool in episode.tools],
        "gold": {"call": decision.call, "name": decision.name, "arguments": dict(decision.arguments)},
    }
