"""The scenarios: how a conversation of each kind goes, from the opening to the last answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twainbot.dataset import replies
from twainbot.dataset.episodes import Episode, Request
from twainbot.dataset.places import Place
from twainbot.dataset.scenarios import FAILURES, Chatter, Template, day_words
from twainbot.records import Message

# Small talk touches translation, books, notes and the clock; beside it only these tools cannot be meant.
_FAR_DECOYS = ("book_table", "convert_currency", "find_train", "measure_distance")


def _ask(episode: Episode, template: Template, request: Request | None = None) -> Request:
    request, values = episode.state(request, template)
    episode.user(template.text, values)
    return request


def _single(episode: Episode) -> None:
    kinds = [episode.kind] if episode.kind not in FAILURES else ["plain", "unit", "relative_date"]
    template = episode.pick(*kinds)
    episode.template = template.id
    request = _ask(episode, template)
    if episode.kind in FAILURES:
        _fail(episode, request)
        return
    result = episode.weather(request)
    episode.report(request, result)
    _after(episode, result, request)


def _fail(episode: Episode, request: Request) -> None:
    rng, said, asked = episode.rng, request.said, request.place.name
    got: Place | None = None
    if episode.kind == "tool_error":
        errors = ("service unavailable", "internal error", "rate limit reached", f"unknown location: {said}")
        result: Any = {"error": rng.choice(errors)}
    elif episode.kind == "timeout":
        result = {"error": rng.choice(("timeout", "no answer in time", "timed out waiting for the service"))}
    elif episode.kind == "empty_result":
        results: tuple[dict[str, Any], ...] = (
            {}, {"results": []}, {"location": request.place.label, "forecast": []},
        )  # fmt: skip
        result = rng.choice(results)
    else:
        got, _ = episode.new_place(request.place)
        result = episode.forecast(request, got)
        asked = request.place.label
    episode.weather(request, result)
    kind = {"tool_error": "error", "empty_result": "empty"}.get(episode.kind, episode.kind)
    episode.answer(replies.failure(rng, episode.sentences, kind, asked, got), f"after_{episode.kind}")


def _twice(episode: Episode) -> None:
    # The second message decides the family; the first is any opening of the same split.
    second = episode.pick(episode.kind)
    # Only a day that was named can be taken back.
    dated = episode.kind == "correction" and "day" in second.slots
    first = episode.pick("plain", "relative_date", "unit", need=["day"] if dated else [])
    request = _ask(episode, first)
    result = episode.weather(request)
    episode.report(request, result)
    episode.template = second.id
    request = _ask(episode, second, request)
    result = episode.weather(request)
    episode.report(request, result)
    _after(episode, result, request)


def _missing_place(episode: Episode) -> None:
    template = episode.pick("missing_place")
    episode.template = template.id
    place, said = episode.new_place()
    request, values = episode.state(Request(place, said), template)
    episode.user(template.text, values)
    episode.answer(episode.rng.choice(episode.sentences["ask_place"]), "missing_place")
    episode.user(episode.pick("place_answer").text, {"place": said})
    result = episode.weather(request)
    episode.report(request, result)
    _after(episode, result, request)


def _compare(episode: Episode) -> None:
    template = episode.pick("compare")
    episode.template = template.id
    (first, said_first) = episode.new_place()
    (second, said_second) = episode.new_place(first)
    values, day, word = {"a": said_first, "b": said_second}, "today", None
    if "day" in template.slots:
        day, word = day_words(episode.rng, episode.today)
        values["day"] = day
    episode.user(template.text, values)
    one = episode.weather(Request(first, said_first, day, word))
    two = episode.weather(Request(second, said_second, day, word))
    names = (first.name, second.name) if first.name != second.name else (first.label, second.label)
    episode.answer(replies.comparison(episode.rng, episode.sentences, (one, two), names, day), "answer")
    _after(episode, None, None)


def _after(episode: Episode, result: Mapping[str, Any] | None, request: Request | None) -> None:
    """Now and then: a question that the last report answers already, or thanks. Neither needs a call."""
    if result and request and episode.rng.random() < 0.14:
        template = episode.pick("recall", unlike=request.asked)
        episode.user(template.text, {})
        episode.answer(replies.recalled(episode.rng, episode.sentences, result, template.asked), "recall")
    elif episode.rng.random() < 0.18:
        episode.user(episode.pick("thanks").text, {})
        episode.answer(episode.rng.choice(episode.sentences["welcome"]), "thanks")


def _chatter(episode: Episode) -> None:
    kinds = ("weather_words",) if episode.kind == "no_call_weather_words" else ("smalltalk", "no_tool")
    families = [c for kind in kinds for c in episode.world.wording.chatter[kind]]
    chosen = episode.fitting([(c, c.split, c.names_place) for c in families])
    episode.template = chosen.id
    if chosen.id.startswith("no_tool"):
        episode.tools = [episode.world.tool]
    _small_talk(episode, chosen, episode.kind)
    smalltalk = episode.world.wording.chatter["smalltalk"]
    more = [c for c in smalltalk if c.split == episode.template_split and c != chosen]
    if more and episode.rng.random() < 0.2:
        _small_talk(episode, episode.rng.choice(more), "no_call_smalltalk")


def _small_talk(episode: Episode, chosen: Chatter, kind: str) -> None:
    values: dict[str, str] = {}
    named: dict[str, str] = {}
    if chosen.names_place:
        place, said = episode.new_place()
        values, named = {"place": said}, {"place": place.name}
    episode.user(episode.rng.choice(chosen.users), values)
    episode.answer(replies.say(chosen.answers[episode.persona], named), kind)


def _other_tool(episode: Episode) -> None:
    choices = [
        ((name, number, request), other_template(name, number).split, "{city" in request[0])
        for name, requests in sorted(episode.world.wording.others.items())
        for number, request in enumerate(requests["u"])
    ]
    name, number, (text, pattern) = episode.fitting(choices)
    spec = episode.world.wording.others[name]
    episode.template = other_template(name, number).id
    values = {slot: episode.rng.choice(options) for slot, options in spec["slots"].items()}
    if "{city" in text:
        first = episode.new_place()[0]
        second = episode.new_place(first, near=first)[0]
        for slot, place in (("city", first), ("city2", second)):
            values[slot] = place.name if episode.world.places.unambiguous(place) else place.label
    lower, episode.lower = episode.lower, False
    episode.user(text, {slot: str(value) for slot, value in values.items()})
    episode.lower = lower
    arguments = {key: _typed(form, values) for key, form in pattern.items()}
    result = {key: _typed(form, values) for key, form in spec["result"].items()}
    properties = _definition(episode, name)["function"]["parameters"]["properties"]
    accepted = {key: [arguments.get(key)] for key in properties}
    episode.tools = [t for t in episode.tools if t["function"]["name"] != name]
    episode.tools.append(_definition(episode, name))
    episode.call(name, arguments, accepted, result)
    episode.answer(replies.say(episode.rng.choice(spec[episode.persona]), result), "answer_other")


def other_template(tool: str, number: int) -> Template:
    """The template under which a request for a decoy tool is split."""
    return Template(f"other_{tool}-{number:02}", "terse", "general", "")


def _typed(form: Any, values: Mapping[str, Any]) -> Any:
    # "{people}" alone keeps its type, so that a table is for 4 and not for "4".
    if isinstance(form, str) and form.startswith("{") and form.endswith("}") and form[1:-1] in values:
        return values[form[1:-1]]
    return form.format_map(values) if isinstance(form, str) else form


def _definition(episode: Episode, name: str) -> Mapping[str, Any]:
    return next(t for t in episode.world.other_tools if t["function"]["name"] == name)


def build(episode: Episode) -> Episode:
    """Fill in the conversation of ``episode.kind``."""
    world, rng = episode.world, episode.rng
    chatty = episode.kind in ("no_call_smalltalk", "no_call_weather_words")
    decoys = [t for t in world.other_tools if not chatty or t["function"]["name"] in _FAR_DECOYS]
    episode.tools = [world.tool]
    if rng.random() < 1 / 3:
        # Conversations with two reports are long already; every tool on offer costs some sixty tokens.
        long = episode.kind in ("follow_up", "correction", "compare", "no_call_other_tool_only")
        episode.tools += rng.sample(decoys, 1 if long else rng.choice((1, 2)))
    system = str(world.personas[episode.persona]["system_prompt"]).strip()
    episode.messages.append(Message(role="system", content=system))
    builders: dict[str, Callable[[Episode], None]] = {
        "follow_up": _twice,
        "correction": _twice,
        "missing_place": _missing_place,
        "compare": _compare,
        "no_call_smalltalk": _chatter,
        "no_call_weather_words": _chatter,
        "no_call_other_tool_only": _other_tool,
    }
    builders.get(episode.kind, _single)(episode)
    rng.shuffle(episode.tools)
    return episode
