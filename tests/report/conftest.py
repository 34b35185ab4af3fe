"""A finished run in small: every file that the report reads, with figures made up for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import document, segment

from twainbot.files import write_json, write_jsonl, write_parquet
from twainbot.records import DOCUMENT, PASSAGE, REJECT, SEGMENT
from twainbot.report.inputs import read_inputs
from twainbot.report.page import Facts, Page, build_page
from twainbot.text.safety import word_hash

FACTS = Facts(corpus="sample", base="embedded", resamples=2000)
DVC = """
stages:
  fetch: {desc: Bring the files, cmd: a, deps: [data/sources.yaml], outs: [data/raw]}
  parse:
    desc: Files to segments
    cmd: b
    deps: [data/raw, src/parse.py]
    outs: [data/parsed/segments.parquet, data/parsed/rejects.parquet]
    metrics:
    - metrics/parse.json: {cache: false}
  clean:
    desc: Segments to <clean> passages
    cmd: c
    deps: [data/parsed/segments.parquet]
    outs: [data/clean]
  toolcalls: {desc: Conversations, cmd: d, deps: [data/tools], outs: [data/toolcalls/episodes.jsonl]}
  split:
    desc: Rows to splits
    cmd: e
    deps: [data/clean/passages.parquet, data/toolcalls/episodes.jsonl]
    outs: [data/split/style, data/split/combined]
  train:
    foreach:
      style: {start: "${base.path}/config.json"}
      combined: {start: models/adapters/style}
    do:
      desc: One adapter
      cmd: f ${key}
      deps: ["${item.start}", "data/split/${key}"]
      outs: ["models/adapters/${key}"]
  generate:
    foreach: [base, combined]
    do:
      desc: Answers of ${item}
      cmd: g
      deps: [data/split/style, "models/adapters/${item}"]
      outs: ["data/gen/${item}.jsonl"]
  evaluate:
    desc: Scores
    cmd: h
    deps: [data/gen/base.jsonl, data/gen/combined.jsonl]
    outs: [data/evaluate]
"""
HOSTILE = '</pre><script>alert("model")</script> & <img src=x onerror=alert(1)>'
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


def interval(value: float, half: float, n: int = 50, clusters: int = 10) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half, "n": n, "clusters": clusters}


def made_up_evaluation() -> dict[str, Any]:
    return {
        "adapters": {
            "base": {
                "schema_valid": interval(0.04, 0.04, 120),
                "restraint": interval(0.9, 0.05, 120),
                "style_twain": interval(0.31, 0.06),
                "bits_per_byte": interval(2.1, 0.1, 200),
                "perplexity": interval(41.5, 5.0, 200),
            },
            "style": {
                "schema_valid": interval(0.05, 0.04, 120),
                "style_twain": interval(0.52, 0.07),
                "style_length": interval(38.2, 4.0),
                "bits_per_byte": interval(1.61, 0.08, 200),
            },
            "combined": {
                "schema_valid": interval(0.97, 0.015, 120),
                "restraint": interval(0.91, 0.05, 120),
                "style_twain": interval(0.49, 0.07),
                "style_length": interval(35.0, 4.0),
                "bits_per_byte": interval(1.64, 0.08, 200),
                "made_up_measure": interval(3.0, 1.0, 7),
            },
        },
        "differences": {
            "style-base": {"style_twain": interval(0.21, 0.08)},
            "combined-base": {
                "schema_valid": interval(0.93, 0.05, 120),
                "restraint": interval(0.01, 0.04, 120),
                "style_twain": interval(0.18, 0.09),
                "style_length": interval(-3.0, 2.0),
                "bits_per_byte": interval(-0.46, 0.1, 200),
            },
        },
        "gates": {
            "schema_valid": {
                "verdict": "PASS",
                "metric": "schema_valid",
                "target": 0.95,
                "value": 0.97,
                "low": 0.955,
                "high": 0.985,
                "n": 120,
                "n_needed": None,
            },
            "restraint": {
                "verdict": "INCONCLUSIVE",
                "metric": "restraint",
                "target": 0.95,
                "value": 0.91,
                "low": 0.86,
                "high": 0.96,
                "n": 120,
                "n_needed": 1400,
            },
        },
        "style_classifier": {
            "twain": {
                "held_out": 0.71,
                "random": 0.803,
                "auc": 0.77,
                "brier": 0.2,
                "folds": 3,
                "texts": 410,
                "books": 9,
            },
        },
    }


def passage(number: int, persona: str, tone: str, domain: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(PASSAGE.names, "x")
    row |= {
        "id": f"pas-{number}",
        "segments": [],
        "start": 0,
        "end": 9,
        "n_tokens": 5,
        "tag_scores": None,
        "quality": 1.0,
        "holdout": False,
    }
    return row | {"persona": persona, "tone": tone, "domain": domain, "device": None, "family": "f"}


def reject(number: int, stage: str, reason: str, text: str, source: str = "src") -> dict[str, Any]:
    return {
        "id": f"rej-{number}",
        "doc_id": "doc-1",
        "source_id": source,
        "stage": stage,
        "reason": reason,
        "detail": "",
        "start": 0,
        "end": len(text),
        "text": text,
    }


def generation(
    prompt_id: str, adapter: str, messages: list[dict[str, Any]], text: str, tools: Any = None
) -> dict[str, Any]:
    return {
        "id": f"gen-{adapter}-{prompt_id}",
        "prompt_id": prompt_id,
        "adapter": adapter,
        "messages": messages,
        "tools": tools,
        "text": text,
        "n_tokens": 3,
        "token_ids_sha": "0",
        "decode": "greedy",
        "seed": 1,
    }


def generations(adapter: str) -> list[dict[str, Any]]:
    call = '{"name": "get_weather", "parameters": {"location": "Port Ellery", "unit": "c"}}'
    rows = []
    for persona in ("twain", "franklin"):
        for number in range(1, 7):
            messages = [
                {"role": "system", "content": f"You are {persona}."},
                {"role": "user", "content": f"Question {number}: is rain <wet>?"},
            ]
            text = HOSTILE if adapter == "combined" else "It rains."
            rows.append(generation(f"style-{number:03}/{persona}", adapter, messages, text))
    for number in range(1, 5):
        asked = [{"role": "user", "content": "What is the weather in Port Ellery?"}]
        rows.append(
            generation(f"call-{number:03}", adapter, asked, call if adapter != "base" else "Fine.", [TOOL])
        )
        after = [
            *asked,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "a",
                        "type": "function",
                        "function": {"name": "get_weather", "arguments": '{"location": "Port Ellery"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": '{"temperature_c": 11}'},
            {"role": "user", "content": "And thank you."},
        ]
        rows.append(
            generation(
                f"nocall-{number:03}", adapter, after, "You are welcome." if adapter != "base" else "", [TOOL]
            )
        )
    return rows


def write_run(root: Path) -> Path:
    metrics = {
        "parse": {
            "documents": 5,
            "segments": {"book": 300, "post": 40},
            "rejects": {"heading": 31, "footnote": 12},
        },
        "clean": {
            "segments": 340,
            "passages": 120,
            "masked_passages": 2,
            "tokens": 15000,
            "rejects": {"too_short": 44, "slur": 1, "never": 0},
            "added_later": {"x": {"y": 3}},
        },
        "dedupe": {"passages": 110, "clusters": 6, "rejects": {"onion": 10}},
        "tag": {"persona": {"twain": 60, "franklin": 50}},
        "toolcalls": {
            "episodes": 400,
            "scenario": {"call": 240, "no_call": 160},
            "split": {"train": 300, "val": 50, "test": 50},
        },
        "instruct": {"rows": 180, "persona": {"twain": 100, "franklin": 80}},
        "split": {
            "style": {"train": 140, "val": 20, "test": 20},
            "families": {"train": 30, "val": 4, "test": 4},
            "note": {"x": 1},
        },
        "evaluate": made_up_evaluation(),
    }
    for name in ("dapt", "style", "combined"):
        metrics[f"train_{name}"] = {
            "val_loss_first": 3.2,
            "val_loss_best": 2.4,
            "best_step": 20,
            "steps": 30,
            "rows": 900,
            "tokens": 250000,
            "learned_tokens": 120000,
            "fill": 0.98,
            "dropped": {"too_long": 3},
        }
        curve = [
            {"step": step, "loss": 3.2 - 0.03 * step + 0.1 * (step % 3), "split": "train"}
            for step in range(1, 31)
        ]
        curve += [{"step": step, "loss": 3.1 - 0.03 * step, "split": "val"} for step in (1, 10, 20, 30)]
        write_json(root / f"metrics/plots/loss_{name}.json", curve)
    for name, value in metrics.items():
        write_json(root / f"metrics/{name}.json", value)
    for adapter in ("base", "style", "combined"):
        write_jsonl(root / f"data/generations/{adapter}.jsonl", generations(adapter))
    rejects = {
        "parsed": [
            reject(1, "parse", "heading", "CHAPTER I.\n\n<b>In which</b> it rains " + "and rains " * 12)
        ],
        "clean": [
            reject(2, "clean", "too_short", "mail nobody@example.org now"),
            reject(3, "clean", "too_short", "such grubwords again"),
            reject(4, "clean", "slur", "grubword"),
        ],
        "dedupe": [reject(5, "dedupe", "duplicate", "Rain again.", source="onion")],
    }
    for folder, rows in rejects.items():
        write_parquet(root / f"data/{folder}/rejects.parquet", rows, REJECT)
    (root / "data/lexicons").mkdir()
    (root / "data/lexicons/slurs.txt").write_text(f"# made up\n{word_hash('grubword')}\n", encoding="utf-8")
    passages = [
        *(passage(i, "twain", "sardonic", "weather") for i in range(3)),
        passage(3, "twain", "plain", "other"),
        *(passage(i, "franklin", "aphoristic", "other") for i in range(4, 6)),
    ]
    write_parquet(root / "data/tag/passages.parquet", passages, PASSAGE)
    text = [document(doc_id="x", source_id="x", body_end=90), document(source_id="src", path="src.txt")]
    write_parquet(root / "data/parsed/documents.parquet", text, DOCUMENT)
    write_parquet(root / "data/parsed/segments.parquet", [segment("It rains.", source_id="x")], SEGMENT)
    used = [{"parents": ["pas-0"], "tags": {"persona": "twain", "domain": "weather"}}]
    write_jsonl(root / "data/instruct/examples.jsonl", used)
    write_rows(root)
    (root / "dvc.yaml").write_text(DVC, encoding="utf-8")
    return root


def chat_row(row_id: str, template: str, persona: str, system: str, answer: str = "Rain.") -> dict[str, Any]:
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": "Is it <wet>?"},
        {"role": "assistant", "content": answer},
    ]
    tags = {"persona": persona, "domain": "weather"}
    return {"id": row_id, "messages": messages, "tools": [TOOL], "tags": tags, "template_id": template}


def write_rows(root: Path) -> None:
    """Rows of every mix and what the gates said of them; validation and test have less than training."""
    tagged = "[PERSONA=TWAIN] [TONE=WRY] You are Mark Twain."
    style = [
        *(
            chat_row(f"row-{n}", "talk:3", "twain", tagged if n % 2 else "You are Mark Twain.")
            for n in range(9)
        ),
        chat_row("row-9", "plain", "neutral", "You are a helpful assistant.", HOSTILE),
    ]
    tools = [chat_row(f"tool-{n}", f"unit:unit-{n}", "twain", "You are Mark Twain.") for n in range(6)]
    pair = chat_row("pair-0", "x", "twain", tagged)
    pair = {
        "id": "pair-0",
        "prompt": pair["messages"][:2],
        "chosen": pair["messages"][2:],
        "rejected": [{"role": "assistant", "content": "Dry & bland."}],
        "tools": None,
        "flaw": "over_calling",
        "tags": pair["tags"],
    }
    text = {"id": "text-0", "text": "It rained.\n\n<It> rained again.", "persona": "franklin"}
    for mix, rows in {"style": style, "tools": tools, "prefs": [pair], "dapt": [text]}.items():
        write_jsonl(root / f"data/split/{mix}/train.jsonl", rows)
        write_jsonl(root / f"data/split/{mix}/val.jsonl", rows[:1])
        write_jsonl(root / f"data/split/{mix}/test.jsonl", rows[-2:])
    gate = {"measured": "rows with <slurs>", "value": 0, "bound": "at most", "budget": 0, "passed": True}
    share = {
        "measured": "share of <x>",
        "value": 0.2232,
        "bound": "at least",
        "budget": 0.25,
        "passed": False,
    }
    gates = {"safety": gate | {"offenders": 0}, "split_share": share | {"offenders": 1200}}
    write_json(root / "metrics/gate.json", {"passed": False, "gates": gates, "rows": {}})


@pytest.fixture
def evaluate() -> dict[str, Any]:
    return made_up_evaluation()


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of the run; drawing it takes a second."""
    return build_page(read_inputs(write_run(tmp_path_factory.mktemp("page") / "run")), FACTS)
