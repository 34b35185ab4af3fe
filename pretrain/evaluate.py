"""Step `evaluate`: what the exported base can do before any adapter.

The tool of the probe (`get_tides`) is in no training conversation, nor are its invented places.
Greedy decoding, no constraint. The scores say what copying and format the base brings along; they
say nothing about persona, knowledge or long talk.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from jsonschema import Draft202012Validator
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from pretrain import everyday, names
from pretrain.baselines import compressed_bits_per_byte, unigram_bits_per_byte
from pretrain.common import BASE, BUILD, load_params, set_status
from pretrain.pack import encode_prose
from twainbot.files import read_jsonl, write_json
from twainbot.modeling.chat_template import render

PROBE: dict[str, Any] = yaml.safe_load(Path("pretrain/probe.yaml").read_text(encoding="utf-8"))
# Modern simple English that was written apart from the grammar and is trained on nowhere.
MODERN = Path("pretrain/modern.txt")
WINDOW = 512
MEASURES = ("json_call", "right_tool", "schema_valid", "exact_place", "exact_date", "exact_call")


def windows(ids: list[int], window: int) -> list[Tensor]:
    """The ids in separate windows, (1, up to ``window``), the last of them shorter."""
    return [torch.tensor([ids[start : start + window]]) for start in range(0, len(ids) - 1, window)]


def size_of(parts: list[Tensor], tokenizer: Any) -> int:
    """Bytes of what is predicted in these windows: all but the first token of each."""
    return sum(len(tokenizer.decode(p[0, 1:], skip_special_tokens=True).encode()) for p in parts)


def bits_per_byte(model: Any, parts: list[Tensor], size: int) -> float:
    """Bits per UTF-8 byte of a text in windows, whose predicted part has ``size`` bytes.

    A window's first token is given, not predicted, so the figure is a little too good by at most 1/window.
    """
    loss = 0.0
    for part in parts:
        logits = model(input_ids=part).logits.float()
        loss += F.cross_entropy(logits[0, :-1], part[0, 1:], reduction="sum").item()
    return loss / math.log(2) / size


def text_costs(model: Any, tokenizer: Any, books: list[dict[str, Any]], tokens: int) -> dict[str, Any]:
    """Bits per byte of the first ``tokens`` tokens of each text, by the model and without a network."""
    train = np.load(BUILD / "packed" / "prose.npy")
    costs = {}
    for book in books:
        ids = encode_prose([book], tokenizer, part_characters=6000)[:tokens]
        parts = windows(ids, WINDOW)
        size = size_of(parts, tokenizer)
        predicted = [i for part in parts for i in part[0, 1:].tolist()]
        costs[book["source"]] = {
            "bytes": size,
            "model": bits_per_byte(model, parts, size),
            "unigram": unigram_bits_per_byte(train, predicted, size, len(tokenizer)),
            **compressed_bits_per_byte(tokenizer.decode(predicted, skip_special_tokens=True)),
        }
    return costs


def chat_loss(model: Any, tokenizer: Any, rows: list[dict[str, Any]]) -> float:
    """Bits per byte of what the assistant says in held-out conversations, end-of-turn tokens included."""
    loss, size = 0.0, 0
    for row in rows:
        rendered = render(tokenizer, row["messages"], row["tools"])
        ids, mask = torch.tensor([rendered.input_ids]), torch.tensor(rendered.assistant_mask[1:])
        logits = model(input_ids=ids).logits.float()
        losses = F.cross_entropy(logits[0, :-1], ids[0, 1:], reduction="none")
        loss += (losses * mask).sum().item()
        said = [i for i, m in zip(rendered.input_ids, rendered.assistant_mask, strict=True) if m]
        size += len(tokenizer.decode(said, skip_special_tokens=True).encode())
    return loss / math.log(2) / size


def generate(model: Any, tokenizer: Any, prompts: list[list[int]], limit: int, batch: int = 20) -> list[str]:
    """Greedy answers, without special tokens."""
    out: list[str] = []
    pad = tokenizer.pad_token_id
    for start in range(0, len(prompts), batch):
        part = prompts[start : start + batch]
        width = max(map(len, part))
        ids = torch.tensor([[pad] * (width - len(p)) + p for p in part])
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in part])
        done = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=limit, do_sample=False)
        out += tokenizer.batch_decode(done[:, width:], skip_special_tokens=True)
    return out


def parse_call(text: str) -> dict[str, Any] | None:
    """The call that an answer consists of, or None where it is not exactly one JSON object with a name."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("name"), str) else None


def call_items(count: int, seed: int, seen: str, places: list[str] | None = None) -> list[dict[str, Any]]:
    """Requests for the unseen tool, half of them with a second tool on offer."""
    rng = Random(seed)
    items = []
    while len(items) < count:
        place = places[len(items)] if places else names.place(rng)
        if place in seen:
            continue
        day, said = names.date(rng)
        text = rng.choice(PROBE["requests"]).format(place=place, when=said)
        tools = [PROBE["tool"]] + ([PROBE["distractor"]] if len(items) % 2 else [])
        rng.shuffle(tools)
        items.append(
            {"messages": [{"role": "user", "content": text}], "tools": tools, "place": place, "date": day}
        )
    return items


def score_calls(answers: list[str], items: list[dict[str, Any]]) -> dict[str, float]:
    """Shares over all items.

    `json_call`: one JSON call and nothing else. `right_tool`: that names the tool. `schema_valid`: and
    whose arguments fit its schema. `exact_place`, `exact_date`: the argument is exactly what was said,
    under the schema's key, whatever tool was named. `exact_call`: all of these.
    """
    function = PROBE["tool"]["function"]
    validator = Draft202012Validator(function["parameters"])
    counts = dict.fromkeys(MEASURES, 0)
    for answer, item in zip(answers, items, strict=True):
        call = parse_call(answer)
        if call is None:
            continue
        found = call.get("parameters")
        arguments = found if isinstance(found, dict) else {}
        right = call["name"] == function["name"]
        valid = right and validator.is_valid(arguments)
        place, day = arguments.get("location") == item["place"], arguments.get("date") == item["date"]
        for key, fact in zip(
            MEASURES, (True, right, valid, place, day, valid and place and day), strict=True
        ):
            counts[key] += fact
    return {"items": len(items), **{key: n / len(items) for key, n in counts.items()}}


def plain_items(count: int, seed: int) -> list[dict[str, Any]]:
    """Questions of the grammar that need no tool, with the unseen tool on offer."""
    rng = Random(seed)
    return [
        {"messages": [{"role": "user", "content": everyday.plain(rng)[0]}], "tools": [PROBE["tool"]]}
        for _ in range(count)
    ]


def prompts_of(items: list[dict[str, Any]], tokenizer: Any) -> list[list[int]]:
    return [render(tokenizer, i["messages"], i["tools"], add_generation_prompt=True).input_ids for i in items]


@torch.inference_mode()
def evaluate(folder: Path, params: dict[str, Any]) -> dict[str, Any]:
    """All figures of `metrics.json`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    books = sorted(read_jsonl(BUILD / "prose_heldout.jsonl"), key=lambda book: book["source"])
    modern = {"source": MODERN.name, "paragraphs": MODERN.read_text(encoding="utf-8").split("\n\n")}
    out: dict[str, Any] = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "bits_per_byte": text_costs(model, tokenizer, [*books, modern], params["prose_tokens"]),
        "chat_bits_per_byte": chat_loss(
            model, tokenizer, read_jsonl(BUILD / "chat_heldout.jsonl")[: params["chat_rows"]]
        ),
    }
    seen = (BUILD / "chat_train.jsonl").read_text(encoding="utf-8")
    count = params["items"]
    groups = {
        "unseen_tool_invented_places": call_items(count, params["seed"], seen),
        "unseen_tool_real_places": call_items(
            len(PROBE["real_places"]), params["seed"] + 1, "", PROBE["real_places"]
        ),
    }
    samples = []
    for name, items in groups.items():
        answers = generate(model, tokenizer, prompts_of(items, tokenizer), 60)
        out[name] = score_calls(answers, items)
        samples += [
            {"asked": i["messages"][0]["content"], "answered": a}
            for i, a in list(zip(items, answers, strict=True))[:6]
        ]
    written = [
        {"messages": [{"role": "user", "content": q}], "tools": [PROBE["tool"]]} for q in PROBE["plain"]
    ]
    for name, items in (
        ("plain_from_the_grammar", plain_items(count, params["seed"] + 2)),
        ("plain_written_apart", written),
    ):
        answers = generate(model, tokenizer, prompts_of(items, tokenizer), 60)
        free = [a for a in answers if a.strip() and not a.lstrip().startswith("{")]
        out[name] = {"items": len(items), "answered_without_a_call": len(free) / len(items)}
        samples += [
            {"asked": i["messages"][0]["content"], "answered": a}
            for i, a in list(zip(items, answers, strict=True))[:6]
        ]
    prompt = prompts_of(written[:1], tokenizer)[0]
    started = time.monotonic()
    made = model.generate(
        input_ids=torch.tensor([prompt]), max_new_tokens=128, min_new_tokens=128, do_sample=False
    )
    out["greedy_tokens_per_second"] = round((made.shape[1] - len(prompt)) / (time.monotonic() - started))
    out["samples"] = samples
    return out


def main() -> None:
    params = load_params("evaluate")
    torch.set_num_threads(params["threads"])
    metrics = evaluate(BASE, params)
    write_json(BASE / "metrics.json", metrics)
    set_status("final base exported and measured")


if __name__ == "__main__":
    main()
