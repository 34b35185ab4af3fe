"""Step `card`: the model card, every figure of it taken from what the other steps wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pretrain.common import BASE, BUILD, load_params
from pretrain.evaluate import MEASURES
from twainbot.files import atomic_file, read_json, sha256_file


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def render_card(facts: dict[str, Any]) -> str:
    """The card's text from its facts."""
    return Path("pretrain/card.md").read_text(encoding="utf-8").format_map(facts)


def gather() -> dict[str, Any]:
    metrics = read_json(BASE / "metrics.json")
    corpus, chat = read_json(BUILD / "corpus.json"), read_json(BUILD / "chat.json")
    packed = read_json(BUILD / "packed" / "facts.json")
    curve = read_json(BUILD / "trained" / "curve.json")["curve"]
    train = load_params("train")
    tokens, final = train["tokens"], train["final_share"]
    prose_share = (1 - final) * train["prose_share"] + final * train["final_prose_share"]
    books = {n: b for n, b in corpus.items() if b["split"] == "train"}
    points = [curve[round(i * (len(curve) - 1) / 8)] for i in range(9)]
    costs = [
        " | ".join([f"| {name}", *(f"{cost[by]:.3f}" for by in ("model", "unigram", "gzip", "xz"))]) + " |"
        for name, cost in metrics["bits_per_byte"].items()
    ]
    chat_cost = f"{metrics['chat_bits_per_byte']:.3f}"
    rows = [("bits per byte of the assistant's turns, held-out conversations", chat_cost)]
    titles = {"unseen_tool_invented_places": "invented places", "unseen_tool_real_places": "real places"}
    for key, title in titles.items():
        group = metrics[key]
        rows += [
            (f"unseen tool, {group['items']} {title}: {m.replace('_', ' ')}", _percent(group[m]))
            for m in MEASURES
        ]
    for key in ("plain_from_the_grammar", "plain_written_apart"):
        group = metrics[key]
        name = key.replace("_", " ")
        rows.append(
            (
                f"{group['items']} questions, {name}: answered without a call",
                _percent(group["answered_without_a_call"]),
            )
        )
    rows.append(
        ("greedy tokens a second, one core, one conversation", str(metrics["greedy_tokens_per_second"]))
    )
    quoted = [f"- {s['asked']!r}: `{s['answered']}`".replace("\n", " ") for s in metrics["samples"]]
    files = sorted(p for p in BASE.iterdir() if p.is_file() and p.name not in ("README.md", "metrics.json"))
    return {
        "parameters": metrics["parameters"] / 1e6,
        "model": load_params("model"),
        "vocab": load_params("tokenizer")["vocab_size"],
        "train": train,
        "books": len(books),
        "prose_mb": sum(b["characters"] for b in books.values()) / 1e6,
        "rows": chat["rows"],
        "chat_tokens": packed["chat_tokens"] / 1e6,
        "tool_kinds": chat["tool_families"],
        "tokens": tokens / 1e6,
        "prose_passes": tokens * prose_share / packed["prose_tokens"],
        "chat_passes": tokens * (1 - prose_share) / packed["chat_tokens"],
        "eval_tokens": load_params("evaluate")["prose_tokens"],
        "prose_percent": round(100 * train["prose_share"]),
        "final_percent": round(100 * train["final_share"]),
        "final_prose_percent": round(100 * train["final_prose_share"]),
        "curve_tokens": " | ".join(f"{p['tokens'] / 1e6:.1f}" for p in points),
        "curve_rule": "|".join("---" for _ in points),
        "curve_losses": " | ".join(f"{p['loss']:.2f}" for p in points),
        "costs": "\n".join(costs),
        "measures": "\n".join(f"| {name} | {number} |" for name, number in rows),
        "samples": "\n".join(quoted),
        "hashes": "\n".join(f"| {p.name} | `{sha256_file(p)}` |" for p in files),
        "book_list": ", ".join(f"{n} `{b['sha256'][:12]}`" for n, b in sorted(books.items())),
    }


def main() -> None:
    with atomic_file(BASE / "README.md") as partial:
        partial.write_text(render_card(gather()), encoding="utf-8")


if __name__ == "__main__":
    main()
