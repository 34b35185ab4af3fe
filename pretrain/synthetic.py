"""Step `chat`: conversations from a seeded grammar, all original to this project.

The words are in `pretrain/data/*.yaml`, the shapes in `everyday.py`, `texttasks.py`, `offers.py` and
`toolchat.py`. Names are invented from syllables (`names.py`), so that only copying gets them right.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from pretrain import everyday, names, offers, textchat, toolchat
from pretrain.common import BUILD, load_params
from twainbot.files import write_json, write_jsonl

TOOL_SHARE = 0.58  # of conversations; with their schemas they are five sixths of the tokens
DATED_SHARE = 0.5  # of those with tools whose system prompt says what day it is


def make_row(seed: int, index: int) -> dict[str, Any]:
    """Conversation `index` of the collection `seed`: messages, tools (or null) and its kind."""
    rng = Random(f"{seed}/{index}")
    tools: list[dict[str, Any]] | None
    if rng.random() < TOOL_SHARE:
        today = names.some_day(rng) if rng.random() < DATED_SHARE else None
        messages, tools, kind = toolchat.conversation(rng, everyday.plain, today)
        kind = f"tool:{kind}"
    else:
        messages, kind = textchat.conversation(rng)
        tools, kind, today = None, f"text:{kind}", None
    system = textchat.system_prompt(rng, today)
    if system:
        messages = [{"role": "system", "content": system}, *messages]
    return {"messages": messages, "tools": tools, "kind": kind}


def make_rows(count: int, seed: int) -> list[dict[str, Any]]:
    return [make_row(seed, i) for i in range(count)]


def main() -> None:
    params = load_params("chat")
    BUILD.mkdir(parents=True, exist_ok=True)
    train = make_rows(params["rows"], params["seed"])
    write_jsonl(BUILD / "chat_train.jsonl", train)
    write_jsonl(BUILD / "chat_heldout.jsonl", make_rows(params["heldout_rows"], params["seed"] + 1))
    kinds = Counter(row["kind"] for row in train)
    facts = {"rows": len(train), "tool_families": len(offers.TOOLS), "kinds": dict(sorted(kinds.items()))}
    write_json(BUILD / "chat.json", facts)


if __name__ == "__main__":
    main()
