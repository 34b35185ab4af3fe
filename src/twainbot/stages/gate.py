"""Budgets of the training rows. With one broken the stage fails, and nothing after it runs."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from twainbot.corpus.sources import load_sources
from twainbot.dataset.examples import read_eval_prompts, read_turns
from twainbot.dataset.gates.inventory import inventory
from twainbot.dataset.gates.material import MIXES, SPLITS, Material, SafetyRules
from twainbot.dataset.gates.result import GateResult
from twainbot.dataset.gates.suite import check, table, text_table
from twainbot.dataset.personas import read_personas
from twainbot.dataset.tools.schemas import read_tool
from twainbot.evaluation.unsupported import unsupported
from twainbot.files import InputError, atomic_file, read_json, read_jsonl, rounded, write_json, write_jsonl
from twainbot.modeling.lengths import conversation_counter, text_counter
from twainbot.params import read_params
from twainbot.report.card import data_card
from twainbot.stage import run
from twainbot.text.phrases import PhraseIndex, read_phrases
from twainbot.text.safety import read_slurs
from twainbot.text.similar import DedupeRules

PASSED, OFFENDERS = Path("data/gate/passed.json"), Path("data/gate/offenders.jsonl")
_UNFINISHED = {"form:headline", "form:stage"}  # cards' tags of who need not speak in whole sentences
METRICS, CARD = Path("metrics/gate.json"), Path("docs/data_card.md")


def main() -> None:
    params = read_params(
        "base.chat_template", "base.path", "clean", "corpus", "dedupe", "gate", "instruct.max_answer_tokens",
        "seed", "train.common.max_length",
    )  # fmt: skip
    PASSED.unlink(missing_ok=True)
    base, clean = Path(params.base.path), params.clean
    sources = load_sources("data/sources.yaml", params.corpus.name)
    stages = {name: read_json(f"metrics/{name}.json") for name in ("clean", "dedupe", "split")}
    personas = read_personas(Path("data/personas.yaml"))
    material = Material(
        mixes={mix: {s: _rows(Path("data/split") / mix / f"{s}.jsonl") for s in SPLITS} for mix in MIXES},
        prompts=read_eval_prompts(Path("data/eval")),
        held_out_turns=read_turns(Path("data/toolcalls/eval_items.jsonl")),
        tool_personas=sorted(path.stem for path in Path("data/tools/replies").glob("*.yaml")),
        unfinished_personas={
            name for name, card in personas.items() if _UNFINISHED & {*card.get("tags", ())}
        },
        safety=SafetyRules(
            slurs=read_slurs(Path(clean.slurs)) if clean.slur_action == "drop" else frozenset(),
            sexual=PhraseIndex.of(read_phrases(Path(clean.sexual), "sexual")),
            personal_data={**clean.personal_data},
            phone_regions={**clean.phone_regions},
        ),
        copies=DedupeRules(**params.dedupe.model_dump(), seed=params.seed),
        max_length=params.train.common.max_length,
        max_answer_tokens=params.instruct.max_answer_tokens,
        seed=params.seed,
        unsupported=partial(
            unsupported, weather_tool=read_tool(Path("data/tools/get_weather.json"))["function"]["name"]
        ),
        long_texts=text_counter(base),
        long_conversations=conversation_counter(base, params.base.chat_template),
    )
    results = check(material, params.gate)

    write_jsonl(
        OFFENDERS, ({"gate": r.name, **offender._asdict()} for r in results for offender in r.offenders)
    )
    metrics = rounded(
        {
            "passed": all(result.passed for result in results),
            "gates": {result.name: result.summary() for result in results},
            "rows": inventory(material.mixes),
        }
    )
    write_json(METRICS, metrics)
    with atomic_file(CARD) as temporary:
        temporary.write_text(data_card(params.corpus.name, sources, metrics, stages), encoding="utf-8")
    print(text_table(table(metrics["gates"])))
    if broken := [result for result in results if not result.passed]:
        raise InputError(_message(broken))
    write_json(PASSED, {"passed": True, "gates": [result.name for result in results]})


def _rows(path: Path) -> list[Any]:
    if not path.is_file():
        raise InputError(f"{path} does not exist. `dvc repro split` makes it.")
    return read_jsonl(path)


def _message(broken: Sequence[GateResult]) -> str:
    lines = [f"{len(broken)} gates are broken, so nothing is trained:"]
    for result in broken:
        first = result.offenders[:1]
        lines += [
            f"  {result.name}: {result.measured}: {result.value:.4g}, "
            f"wanted {result.bound} {result.budget:g}",
            *(f"    {offender.where} {offender.id}: {offender.why}"[:200] for offender in first),
        ]
    return "\n".join(
        [
            *lines,
            "`twainbot gate --explain NAME` lists the rows; mend them, or the budget in params.yaml (gate).",
        ]
    )


if __name__ == "__main__":
    run("gate", main)
