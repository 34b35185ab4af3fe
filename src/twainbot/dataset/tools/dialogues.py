"""The scenarios: how a conversation of each kind goes, from the opening to the last answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from twainbot.dataset.tools import replies
from twainbot.dataset.tools.episodes import Episode, Request
from twainbot.dataset.tools.failures import fail
from twainbot.dataset.tools.phrasing import day_words, full_name
from twainbot.dataset.tools.scenarios import FAILURES
from twainbot.dataset.tools.weather_model import dated_prompt
from twainbot.dataset.tools.wording import Chatter, Sentence, choose
from twainbot.records import Message

# Small talk touches translation, books, notes and the clock; beside it only these tools cannot be meant.
_FAR_DECOYS = ("book_table", "convert_currency", "find_train", "measure_distance")

# Every tool on offer costs some sixty tokens, and train.common.max_length drops what is too long: beside two
# reports there is no room for another tool, here there is for one, elsewhere for two.
_TWO_REPORTS = ("follow_up", "correction")
_LONG = (
    "compare", "missing_place", "missing_day", "tool_error", "timeout", "malformed",
    "no_call_other_tool_only",
)  # fmt: skip
# Characters of messages and tools from which a third tool is too much.
_ROOM = 2100
# Share of the towns corrected by their whole name that were mistaken for one of the same name.
_NAMESAKES = 0.2
# Share of the comparisons between towns of one country.
_NEAR = 0.4


def _single(episode: Episode) -> None:
    kinds = [episode.kind] if episode.kind not in FAILURES else ["plain", "unit", "relative_date"]
    template = episode.any_of(*kinds)
    episode.template = template.id
    request = episode.ask(template)
    if episode.kind in FAILURES:
        fail(episode, request)
    else:
        _tell(episode, request)


def _twice(episode: Episode) -> None:
    # The second message decides the family; the first is any opening of the same split.
    pairs = episode.world.places.namesakes(episode.place_split)
    second = episode.any_of(episode.kind, avoid=() if pairs else ("region",))
    correction = episode.kind == "correction"
    namesakes = "region" in second.slots or (
        pairs and correction and "place" in second.slots and episode.rng.random() < _NAMESAKES
    )
    first = episode.any_of(
        "plain",
        "relative_date",
        "unit",
        # Only a day that was named can be taken back.
        need=["day"] if correction and "day" in second.slots else [],
        # Namesakes are where they are, and not all of them ever see it.
        unlike="snow" if namesakes else "",
    )
    if namesakes:
        # "Portland", "no, the one in Maine": the town that was named is another one's namesake.
        meant, wanted = episode.rng.choice(pairs)
        said = full_name(episode.rng, wanted, episode.world.places)
        episode.next_places = [(meant, meant.name), (wanted, said)]
    request = episode.ask(first)
    episode.report(request, episode.weather(request))
    episode.template = second.id
    request = episode.ask(second, request)
    episode.report(request, episode.weather(request))


def _missing_place(episode: Episode) -> None:
    template = episode.any_of("missing_place")
    episode.template = template.id
    place, said = episode.new_place()
    request, values = episode.state(Request(place, said), template)
    episode.user(template.text, values)
    episode.answer(episode.voice.say("ask_place"), "missing_place")
    episode.user(episode.any_of("place_answer").text, {"place": said})
    _tell(episode, request)


def _missing_day(episode: Episode) -> None:
    template = episode.any_of("missing_day")
    episode.template = template.id
    request = episode.ask(template)
    episode.answer(episode.voice.say("ask_day", place=episode.named(request.place)), "missing_day")
    _tell(episode, episode.ask(episode.any_of("day_answer"), request))


def _tell(episode: Episode, request: Request) -> None:
    result = episode.weather(request)
    episode.report(request, result)
    _after(episode, result, request)


def _compare(episode: Episode) -> None:
    template = episode.any_of("compare")
    episode.template = template.id
    (first, said_first) = episode.new_place()
    near = first if episode.rng.random() < _NEAR else None
    (second, said_second) = episode.new_place(first, near=near)
    values, day, word = {"a": said_first, "b": said_second}, "today", None
    if "day" in template.slots:
        day, word = day_words(episode.rng, episode.today)
        values["day"] = day
    episode.user(template.text, values)
    one, two = Request(first, said_first, day, word), Request(second, said_second, day, word)
    results = episode.forecast(one), episode.forecast(two)
    calls = [
        (episode.arguments(request), json.dumps(result, ensure_ascii=False))
        for request, result in zip((one, two), results, strict=True)
    ]
    if episode.world.comparison == "parallel":
        episode.call(episode.weather_tool, *calls, accepted=episode.accepted(one, two))
    else:
        # Either town may be looked up first, and then the other.
        episode.call(episode.weather_tool, calls[0], accepted=episode.accepted(one, two))
        episode.call(episode.weather_tool, calls[1], accepted=episode.accepted(two))
    names = episode.named(first), episode.named(second)
    episode.answer(replies.comparison(episode.voice, results, names, day), "answer")
    _after(episode, None, None)


def _after(episode: Episode, result: Mapping[str, Any] | None, request: Request | None) -> None:
    """Now and then: a question that the last report answers already, or thanks. Neither needs a call."""
    template = episode.pick("recall", unlike=request.asked) if request else None
    told = str(episode.messages[-1]["content"])
    if result and template and _may_recall(template.asked, result, told) and episode.rng.random() < 0.18:
        episode.user(template.text, {})
        episode.answer(replies.recalled(episode.voice, result, template.asked), "recall")
    elif episode.rng.random() < 0.12:
        episode.user(episode.any_of("thanks").text, {})
        episode.answer(episode.voice.say("welcome"), "thanks")


def _may_recall(field: str, result: Mapping[str, Any], told: str) -> bool:
    """Whether to ask for a field makes sense: a high or low again, wind or humidity if nobody spoke of it."""
    given = {
        "high": f"{result['high']}°",
        "low": f"{result['low']}°",
        "wind": f"{result['wind_kph']} km/h",
        "humidity": f"{result['humidity']}%",
    }[field]
    return bool(re.search(rf"(?<![-\d]){re.escape(given)}", told)) == (field in ("high", "low"))


def _chatter(episode: Episode) -> None:
    kinds = ("weather_words",) if episode.kind == "no_call_weather_words" else ("smalltalk", "no_tool")
    families = [c for kind in kinds for c in episode.world.wording.chatter[kind] if c.split == episode.split]
    chosen = episode.dealer.deal(episode.rng, families)
    episode.template = chosen.id
    if chosen.id.startswith("no_tool"):
        episode.tools = [episode.world.tool]
    _small_talk(episode, chosen, episode.kind)
    smalltalk = episode.world.wording.chatter["smalltalk"]
    more = [c for c in smalltalk if c.split == episode.split and c != chosen]
    if more and episode.rng.random() < 0.2:
        _small_talk(episode, episode.dealer.deal(episode.rng, more), "no_call_smalltalk")


def _small_talk(episode: Episode, chosen: Chatter, kind: str) -> None:
    values: dict[str, str] = {}
    named: dict[str, str] = {}
    if chosen.names_place:
        place, said = episode.new_place()
        values, named = {"place": said}, {"place": place.name}
    users = [Sentence(f"{chosen.id}/{n}", text, chosen.split) for n, text in enumerate(chosen.users)]
    episode.user(choose(episode.dealer.deal(episode.rng, users).text, episode.rng), values)
    episode.answer(replies.say(choose(chosen.answers[episode.persona], episode.rng), named), kind)


def _other_tool(episode: Episode) -> None:
    rng, others = episode.rng, episode.world.wording.others
    request = episode.dealer.deal(
        rng, [r for _, tool in sorted(others.items()) for r in tool.requests if r.split == episode.split]
    )
    spec, text = others[request.tool], choose(request.text, rng)
    episode.template = request.id
    values = {slot: rng.choice(options) for slot, options in spec.slots.items()}
    if "{city" in text:
        first = episode.new_place(paired="{city2" in text)[0]
        second = episode.new_place(first, near=first)[0]
        for slot, place in (("city", first), ("city2", second)):
            values[slot] = episode.named(place)
    lower, episode.lower = episode.lower, False
    episode.user(text, {slot: str(value) for slot, value in values.items()})
    episode.lower = lower
    arguments = {key: _typed(form, values) for key, form in request.arguments.items()}
    result = {key: _typed(form, values) for key, form in spec.result.items()}
    definition = next(t for t in episode.world.other_tools if t["function"]["name"] == request.tool)
    accepted = {key: [arguments.get(key)] for key in definition["function"]["parameters"]["properties"]}
    episode.tools = [t for t in episode.tools if t["function"]["name"] != request.tool]
    episode.tools.append(definition)
    episode.call(request.tool, (arguments, json.dumps(result, ensure_ascii=False)), accepted=accepted)
    answers = [s for s in spec.answers[episode.persona] if s.split == episode.split]
    episode.answer(replies.say(episode.voice.deal(answers).text, result), "answer_other")


def _typed(form: Any, values: Mapping[str, Any]) -> Any:
    # "{people}" alone keeps its type, so that a table is for 4 and not for "4".
    if isinstance(form, str) and form.startswith("{") and form.endswith("}") and form[1:-1] in values:
        return values[form[1:-1]]
    return form.format_map(values) if isinstance(form, str) else form


def build(episode: Episode) -> Episode:
    """Fill in the conversation of ``episode.kind``."""
    world, rng = episode.world, episode.rng
    chatty = episode.kind in ("no_call_smalltalk", "no_call_weather_words")
    decoys = [t for t in world.other_tools if not chatty or t["function"]["name"] in _FAR_DECOYS]
    episode.tools = [world.tool]
    if rng.random() < 1 / 3 and episode.kind not in _TWO_REPORTS:
        episode.tools += rng.sample(decoys, 1 if episode.kind in _LONG else rng.choice((1, 2)))
    system = dated_prompt(world.personas[episode.persona], episode.today)
    episode.messages.append(Message(role="system", content=system))
    builders: dict[str, Callable[[Episode], None]] = {
        "follow_up": _twice,
        "correction": _twice,
        "missing_place": _missing_place,
        "missing_day": _missing_day,
        "compare": _compare,
        "no_call_smalltalk": _chatter,
        "no_call_weather_words": _chatter,
        "no_call_other_tool_only": _other_tool,
    }
    builders.get(episode.kind, _single)(episode)
    _make_room(episode)
    rng.shuffle(episode.tools)
    return episode


def _make_room(episode: Episode) -> None:
    """Take one of the tools that nobody calls off a long conversation that offers three."""
    called = {c["function"]["name"] for m in episode.messages for c in m.get("tool_calls", ())}
    idle = [t for t in episode.tools if t is not episode.world.tool and t["function"]["name"] not in called]
    size = len(json.dumps([episode.messages, episode.tools], ensure_ascii=False))
    if idle and len(episode.tools) > 2 and size > _ROOM:
        episode.tools.remove(idle[-1])
