"""Answers to items: every metric of :mod:`twainbot.evaluation.metrics`, as pure functions of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twainbot.evaluation.metrics import Item
from twainbot.evaluation.style import voice
from twainbot.evaluation.toolcalls import score

WEATHER_TOOL = "get_weather"


def tool_items(
    adapter: str,
    answers: Mapping[str, str],
    items: Sequence[Mapping[str, Any]],
    template: str = "llama31",
) -> list[Item]:
    """Tool-calling items of one adapter.

    Args:
        answers: prompt id -> generated text.
        items: evaluation items with their gold; the cluster is the item's family.
        template: name of the chat template that the answers were written under.
    """
    result: list[Item] = []

    def add(metric: str, item: Mapping[str, Any], value: bool, weight: bool = True) -> None:
        result.append(
            Item(
                adapter=adapter,
                metric=metric,
                item=item["id"],
                cluster=item["family"],
                value=float(value),
                weight=float(weight),
            )
        )

    for item in items:
        text = answers[item["id"]]
        judged = score(item, text, template=template)
        if item["gold"]["call"] and item["gold"]["name"] != WEATHER_TOOL:
            # A broken call has no parsed name; that it was the weather tool's shows in its text.
            add("other_tool", item, not (judged.attempt and WEATHER_TOOL in text))
            continue
        # Precision is over attempts: an item without an attempt has weight 0 and stays in the pairing.
        add("call_precision", item, judged.attempt and judged.gold_call, judged.attempt)
        if judged.gold_call:
            add("schema_valid", item, judged.schema_valid)
            add("argument_exact_match", item, judged.argument_exact_match)
            add("call_recall", item, judged.attempt)
        else:
            add("restraint", item, not judged.attempt)
    return result


def style_items(
    adapter: str,
    persona: str,
    prompts: Sequence[str],
    replies: Sequence[str],
    classifier: Any,
    window_words: int,
) -> list[Item]:
    """P(persona) of the first ``window_words`` words of each reply, and the replies' full lengths."""
    probabilities = voice(replies, classifier, window_words)
    result: list[Item] = []
    for prompt, reply, probability in zip(prompts, replies, probabilities, strict=True):
        for metric, value in (
            (f"style_{persona}", probability),
            ("style_length", float(len(reply.split()))),
        ):
            result.append(
                Item(
                    adapter=adapter,
                    metric=metric,
                    item=prompt,
                    cluster=prompt.split("/")[0],
                    value=value,
                    weight=1.0,
                )
            )
    return result


def likelihood_items(adapter: str, rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Bits per byte and perplexity of held-out rows; the cluster is the row's family (a chapter, a book)."""
    return [
        Item(
            adapter=adapter,
            metric=metric,
            item=row["id"],
            cluster=row["family"],
            value=float(row["nll"]),
            weight=float(row[weight]),
        )
        for row in rows
        for metric, weight in (("bits_per_byte", "n_bytes"), ("perplexity", "n_tokens"))
    ]
