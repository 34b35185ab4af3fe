"""Rows that pass every gate, small budgets for them, and a folder in which the gate stage can run on them."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from twainbot.dataset.gates.material import Material, SafetyRules
from twainbot.dataset.gates.pairs import FLAWS
from twainbot.evaluation.unsupported import unsupported
from twainbot.files import write_json, write_jsonl
from twainbot.sections.rows import Gate
from twainbot.text.phrases import PhraseIndex, parse_phrase
from twainbot.text.safety import word_hash
from twainbot.text.similar import DedupeRules

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"train": 12, "val": 2, "test": 2}
PERSONAS = ("franklin", "twain")
SCENARIOS = ("no_call_smalltalk", "plain", "tool_error", "wrong_place")
TEMPLATES = ("character", "continue", "headline", "maxim", "talk", "weather")
SLUR, SEXUAL = "blortish", "grumpled"
BUDGETS: dict[str, Any] = {
    "min_rows_mix": {"train": 10, "val": 2, "test": 2},
    "min_rows_persona": {"train": 2, "val": 1, "test": 1},
    "min_rows_domain": {"train": 2, "val": 1, "test": 1},
    "min_split_share": 0.1,
    "max_sexual_share": 0.005,
    "ngram_words": 8,
    "max_contaminated_rows": 0,
    "max_duplicate_share": 0.01,
    "max_dropped_share": 0.01,
    "max_cut_share": 0.0,
    "max_synthetic_share": 0.5,
    "min_persona_balance": 0.8,
    "max_persona_share": 0.6,
    "max_template_share": 0.2,
    "min_scenario_share": 0.1,
    "scenarios": [*SCENARIOS],
    "opening_words": 6,
    "max_opening_share": 0.1,
    "diversity_answers": 10,
    "min_distinct_2": 0.8,
    "min_pairs_flaw": 2,
}
TOOL = json.loads((ROOT / "data/tools/get_weather.json").read_text(encoding="utf-8"))
REPORT = {
    "location": "Paris, France", "date": "2025-03-11", "condition": "light rain", "temperature": 9,
    "high": 11, "low": 6, "unit": "celsius", "humidity": 72, "wind_kph": 7, "precipitation_mm": 2,
}  # fmt: skip
_LETTERS = "bcdfgklmnprstvz"


def babble(key: str, n: int = 12) -> str:
    """``n`` words that no other key gives in this order, and that say nothing."""
    rng = random.Random(key)
    return " ".join(
        "".join(rng.choice(_LETTERS) + rng.choice("aeou") for _ in range(rng.randint(2, 3))) for _ in range(n)
    )


def call(arguments: Any, name: str = "get_weather", number: int = 1) -> dict[str, Any]:
    wire = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": f"call{number:05}", "type": "function", "function": {"name": name, "arguments": wire}}


def asks(*calls: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": list(calls)}


def result(value: Any, number: int = 1) -> dict[str, Any]:
    return {
        "role": "tool", "content": json.dumps(value), "tool_call_id": f"call{number:05}",
        "name": "get_weather",
    }  # fmt: skip


def says(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _tags(persona: str, source: str, domain: str) -> dict[str, str]:
    return {"persona": persona, "tone": "wry", "domain": domain, "source": source, "device": "none"}


def _chat(key: str, split: str, messages: Sequence[Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": key, "messages": [says("system", "Speak."), *messages], "tools": None, "origin": "human",
        "generator": "", "parents": [], "family": f"family {key}", "split": split, **fields,
    }  # fmt: skip


def _style(n: int, split: str) -> dict[str, Any]:
    key = f"style-{split}-{n}"
    return _chat(
        key, split, [says("user", f"{babble(key + 'q')}?"), says("assistant", f"{babble(key + 'a')}.")],
        template_id=f"{TEMPLATES[(n + 2 * (split == 'test')) % 6]}:1",
        tags=_tags(PERSONAS[n % 2], "book", "general"),
    )  # fmt: skip


def _tool_messages(key: str, scenario: str) -> list[Any]:
    asked, said = says("user", f"{babble(key + 'q')} in Paris?"), babble(key + "a")
    if scenario == "no_call_smalltalk":
        return [asked, says("assistant", f"{said}.")]
    given = {
        "plain": REPORT,
        "tool_error": {"error": "500"},
        "wrong_place": {**REPORT, "location": "Paris, Texas"},
    }
    answer = f"Paris has 11°C, {said}." if scenario == "plain" else f"No answer, {said}."
    return [asked, asks(call({"location": "Paris"})), result(given[scenario]), says("assistant", answer)]


def _tools(n: int, split: str) -> dict[str, Any]:
    key, scenario = f"tool-{split}-{n}", SCENARIOS[n // 2 % 4]
    return _chat(
        key, split, _tool_messages(key, scenario), template_id=f"{scenario}:{n}", tools=[TOOL],
        origin="synthetic", generator="tests", tags=_tags(PERSONAS[n % 2], "synthetic", "weather"),
    )  # fmt: skip


def _pair(n: int, split: str) -> dict[str, Any]:
    key, flaw = f"pair-{split}-{n}", FLAWS[n % len(FLAWS)]
    plain, other = says("assistant", f"{babble(key + 'a')}."), says("assistant", f"{babble(key + 'b')}.")
    weather = asks(call({"location": "Paris"}))
    chosen = weather if flaw == "under_calling" else plain
    return {
        "id": key, "prompt": [says("system", "Speak."), says("user", f"{babble(key + 'q')}?")],
        "chosen": [chosen], "rejected": [weather if flaw == "over_calling" else other], "tools": [TOOL],
        "flaw": flaw, "tags": _tags(PERSONAS[n % 2], "synthetic", "weather"), "parents": [],
        "family": f"family {key}", "split": split,
    }  # fmt: skip


def _text(n: int, split: str) -> dict[str, Any]:
    key = f"text-{split}-{n}"
    return {
        "id": key, "text": f"{babble(key, 30)}.", "persona": PERSONAS[n % 2], "parents": [],
        "family": f"family {key}", "split": split,
    }  # fmt: skip


def sound_rows() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """mix -> split -> rows that pass every gate under :data:`BUDGETS`."""
    mixes: dict[str, dict[str, list[dict[str, Any]]]] = {
        mix: {split: [make(n, split) for n in range(size)] for split, size in SIZES.items()}
        for mix, make in (("dapt", _text), ("style", _style), ("tools", _tools), ("prefs", _pair))
    }
    mixes["combined"] = {split: [*mixes["style"][split], *mixes["tools"][split]] for split in SIZES}
    return mixes


def budgets(**changes: Any) -> Gate:
    return Gate.model_validate(BUDGETS | changes)


def _longer_than(texts: Sequence[str], limit: int) -> dict[int, int]:
    return {n: len(text.split()) for n, text in enumerate(texts) if len(text.split()) > limit}


def material(mixes: Mapping[str, Any], **changes: Any) -> Material:
    """The rows with instruments that count words as tokens; up to 60 in an answer, 150 in a row."""
    given: dict[str, Any] = {
        "mixes": mixes,
        "prompts": [{"id": "prompt-1", "prompt": f"{babble('prompt')}?"}],
        "held_out_turns": [{"id": "turn-1", "messages": [says("user", f"{babble('turn')}?")]}],
        "tool_personas": PERSONAS,
        "unfinished_personas": {"satire", "hamlet"},
        "safety": SafetyRules(
            slurs=frozenset({word_hash(SLUR)}),
            sexual=PhraseIndex.of([parse_phrase(SEXUAL, "sexual", ["book", "synthetic"])]),
            personal_data={"synthetic": ["email", "phone"]},
            phone_regions={},
        ),
        "copies": DedupeRules(0.8, 0.5, 5, 0.55, 0.3, 2, 48, 128, 0),
        "max_length": 150,
        "max_answer_tokens": 60,
        "seed": 0,
        "unsupported": partial(unsupported, weather_tool="get_weather"),
        "long_texts": _longer_than,
        "long_conversations": lambda rows, limit: _longer_than([json.dumps(row[0]) for row in rows], limit),
    }
    return Material(**given | changes)


def write_rows(folder: Path, mixes: Mapping[str, Any]) -> None:
    for mix, splits in mixes.items():
        for split, rows in splits.items():
            write_jsonl(folder / f"data/split/{mix}/{split}.jsonl", rows)


def gate_workspace(folder: Path, base: Path) -> Path:
    """A folder with sound rows, small budgets and all else that the gate stage reads."""
    write_rows(folder, sound_rows())
    for name in (
        "data/lexicons/slurs.txt",
        "data/lexicons/sexual.txt",
        "data/sources.yaml",
        "data/personas.yaml",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "data/tools/replies").mkdir(parents=True)
    shutil.copy(ROOT / "data/tools/get_weather.json", folder / "data/tools/get_weather.json")
    for persona in PERSONAS:
        (folder / f"data/tools/replies/{persona}.yaml").touch()
    write_jsonl(folder / "data/eval/prompts.jsonl", [{"id": "prompt-1", "prompt": f"{babble('prompt')}?"}])
    turn = {"id": "turn-1", "messages": [says("user", f"{babble('turn')}?")]}
    write_jsonl(folder / "data/toolcalls/eval_items.jsonl", [turn])
    shutil.copytree(ROOT / "models/templates", folder / "models/templates")
    shutil.copytree(base, folder / "models/base/embedded")
    write_json(folder / "metrics/clean.json", {"masked_passages": 3, "rejects": {"slur": 2, "too_short": 5}})
    write_json(folder / "metrics/dedupe.json", {"passages": 40, "clusters": 4})
    write_json(folder / "metrics/split.json", {"rejects": {"style train shared_ngram": 7}})
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["gate"] = BUDGETS
    params["corpus"]["name"] = "sample"
    # The tiny base has a token a byte.
    params["train"]["common"]["max_length"] = 4000
    params["instruct"]["max_answer_tokens"] = 400
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    return folder
