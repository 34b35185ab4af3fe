"""Conversations that teach when to call a tool and when not, and held-out ones that test it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from twainbot.dataset.tools.dialogues import build
from twainbot.dataset.tools.episodes import MAY_RETRY, Comparison, Decision, Episode, World
from twainbot.dataset.tools.places import Gazetteer
from twainbot.dataset.tools.scenarios import (
    CALL_SCENARIOS,
    FAILURES,
    NO_CALL_SCENARIOS,
    PLACES,
    evenly,
    plan,
    quotas,
)
from twainbot.dataset.tools.wording import Dealer, Wording
from twainbot.files import InputError, content_id
from twainbot.records import CallScenario, Example, NoCallScenario, Split, Tags

GENERATOR = "twainbot.dataset.tools.toolcalls"
# What the items without a weather call are made of; a turn's kind is named by its decision.
NO_CALL_KINDS = {
    "no_call_weather_words": 0.3, "no_call_smalltalk": 0.18, "no_call_other_tool_only": 0.14,
    "missing_place": 0.08, "missing_day": 0.08, "recall": 0.06, "thanks": 0.04,
    **{f"after_{kind}": 0.02 for kind in FAILURES},
}  # fmt: skip
# "Today" of an episode is up to this many days after the clock, so that all seasons occur.
_SEASON_DAYS = 365
_ATTEMPTS = 200  # at a conversation unlike all before it


def _world(
    places: Gazetteer, tool: Mapping[str, Any], other_tools: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]], wording: Wording, seed: int, clock: date | str,
    comparison: Comparison, retry_share: float,
) -> World:  # fmt: skip
    known = {name: personas[name] for name in wording.replies if name in personas}
    if missing := sorted(set(wording.replies) - set(known)):
        raise InputError(
            f"data/personas.yaml has no card for {', '.join(missing)}, whom data/tools/replies quotes."
        )
    if empty := [split for split in PLACES if not any(place.split == split for place in places.places)]:
        raise InputError(
            f"data/tools/places.yaml: none of the {len(places.places)} places is of {', '.join(empty)}; "
            "which split a place is of is drawn by its name, so add some ten for each."
        )
    day = date.fromisoformat(clock) if isinstance(clock, str) else clock
    return World(places, tool, other_tools, known, wording, seed, day, comparison, retry_share)


def _episode(world: World, dealer: Dealer, kind: str, split: Split, persona: str, key: str) -> Episode:
    rng = random.Random(f"{world.seed}/{key}")
    places = PLACES[split]
    return build(
        Episode(
            world,
            rng,
            dealer,
            kind,
            persona=persona or rng.choice(sorted(world.personas)),
            today=world.clock + timedelta(days=rng.randrange(_SEASON_DAYS)),
            split=split,
            place_split=rng.choices(list(places), list(places.values()))[0],
            lower=rng.random() < 0.25,
        )
    )


def _said(episode: Episode, upto: int | None = None) -> str:
    """What makes a conversation another one: not that it is held on another day."""
    return json.dumps([episode.persona, episode.messages[1:upto]], ensure_ascii=False)


def make_episodes(
    places: Gazetteer,
    tool: Mapping[str, Any],
    other_tools: Sequence[Mapping[str, Any]],
    personas: Mapping[str, Mapping[str, Any]],
    wording: Wording,
    *,
    n: int,
    seed: int,
    clock: date | str,
    no_call_share: float = 0.4,
    calls: Mapping[CallScenario, float] | None = None,
    no_calls: Mapping[NoCallScenario, float] | None = None,
    comparison: Comparison = "sequential",
    retry_share: float = 1 / 3,
) -> list[Example]:
    """``n`` different conversations, each with its split; the same arguments give the same rows.

    Args:
        personas: the cards of data/personas.yaml; those with sentences in ``wording`` speak.
        clock: the first possible "today".
        no_call_share: share of the conversations that ask for nothing of the weather tool.
        calls: the others' shares by scenario; without it, all alike.
        no_calls: shares of those without a weather call by scenario; without it, all alike.
        comparison: two places are looked up by two turns, or by one turn with two calls.
        retry_share: of the failed calls that may pass, the share that is tried once more.

    Raises:
        InputError: a persona has sentences and no card; or there are not so many different conversations.
    """
    world = _world(places, tool, other_tools, personas, wording, seed, clock, comparison, retry_share)
    counts = quotas(n, no_call_share, calls or evenly(CALL_SCENARIOS), no_calls or evenly(NO_CALL_SCENARIOS))
    dealer = Dealer()
    rows: dict[str, Example] = {}
    for number, (kind, split, persona) in enumerate(plan(counts, sorted(world.personas), seed)):
        for attempt in range(_ATTEMPTS):
            episode = _episode(world, dealer, kind, split, persona, f"{number}/{attempt}")
            # Few sentences are held out, so a repeated conversation is drawn again.
            if (said := _said(episode)) not in rows:
                rows[said] = _example(episode)
                break
        else:
            raise InputError(
                f"the {split} sentences of data/tools do not give {n * (1 - no_call_share):.0f} + "
                f"{n * no_call_share:.0f} different conversations: {kind} repeats itself. Add sentences, "
                "or ask for fewer (toolcalls.episodes in params.yaml)."
            )
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
        split=episode.split,
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
    calls: Mapping[CallScenario, float] | None = None,
    comparison: Comparison = "sequential",
) -> list[dict[str, Any]]:
    """Turns in sentences of the test split with what is right there, as rows ``{id, kind, family, today,
    messages, tools, gold}``.

    ``gold`` is ``{call, name, arguments}``; ``arguments`` gives the accepted values of every argument of
    the tool, where ``None`` stands for leaving it out. Items of no_call_items that want another tool have
    ``gold.call`` true and that tool's name. Answer items end in a tool's report; they are for
    :mod:`twainbot.evaluation.groundedness`. Where two answers are right, after a failed call that may be
    tried again, there is no item; nor at a turn of two calls, of which ``gold`` could name only one.

    Args:
        calls: shares of the call items by scenario; without it, all alike.

    Raises:
        InputError: more items are asked for than the held-out sentences and places give.
    """
    world = _world(places, tool, other_tools, personas, wording, seed, clock, comparison, 0.5)
    shares = {kind: share for kind, share in (calls or evenly(CALL_SCENARIOS)).items() if share}
    if comparison == "parallel":
        shares.pop("compare", None)
    dealer = Dealer()
    items: dict[str, dict[str, Any]] = {}
    for name, count, weights in (
        ("call", call_items, shares),
        ("no_call", no_call_items, NO_CALL_KINDS),
        ("answer", answer_items, {"answer": 1.0}),
    ):
        kinds = [kind for kind, share in weights.items() for _ in range(max(1, round(share * count)))]
        for number in range(count):
            kind = kinds[number * len(kinds) // count] if len(kinds) >= count else kinds[number % len(kinds)]
            for attempt in range(500):
                episode, at = _turn(world, dealer, name, kind, f"eval/{name}/{number}/{attempt}")
                if at is None:
                    continue
                # Other tools beside it make no new item.
                if (said := _said(episode, at.at)) not in items:
                    items[said] = _item(episode, kind, at)
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


def _turn(world: World, dealer: Dealer, name: str, kind: str, key: str) -> tuple[Episode, Decision | None]:
    """A conversation, and the turn in it that makes an item of this kind, if it has one."""
    rng = random.Random(f"{world.seed}/item/{key}")
    episode = _episode(world, dealer, _scenario(rng, kind), "test", "", key)
    certain = [d for d in episode.decisions if d.kind != MAY_RETRY]
    if name == "call":
        wanted = [d for d in certain if d.call]
        wanted = wanted if kind == "compare" else wanted[-1:]
    elif kind == "no_call_other_tool_only":
        wanted = [d for d in certain if d.call]
    else:
        wanted = [d for d in certain if d.kind == kind and not d.call][:1]
    return episode, rng.choice(wanted) if wanted else None


def _item(episode: Episode, kind: str, decision: Decision) -> dict[str, Any]:
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
