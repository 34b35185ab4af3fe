"""Score what every adapter answered: a table with intervals, paired differences, verdicts on the gates."""

from pathlib import Path

from twainbot.evaluation.metrics import METRICS, Item, difference, estimate
from twainbot.evaluation.scoring import likelihood_items, style_items, tool_items
from twainbot.evaluation.stats import gate
from twainbot.evaluation.style import fit, style_windows, validate
from twainbot.files import read_jsonl, read_parquet, write_json, write_jsonl
from twainbot.params import read_params
from twainbot.stage import run

ADAPTERS = ("base", "style", "combined")
NEGATIVE = "neutral"


def main() -> None:
    params = read_params("seed", "style", "report")
    style, resamples, seed = params.style, params.report.bootstrap, params.seed
    passages = read_parquet("data/tag/passages.parquet")
    tool_questions = read_jsonl("data/toolcalls/eval_items.jsonl")
    generations = {name: read_jsonl(f"data/generations/{name}.jsonl") for name in ADAPTERS}

    personas = sorted(
        {
            row["prompt_id"].split("/")[1]
            for row in generations["base"]
            if row["prompt_id"].startswith("style-")
        }
    )
    ngrams = (style.char_ngrams[0], style.char_ngrams[1])
    windows = {p: style_windows(passages, p, NEGATIVE, style.window_words) for p in personas}
    classifiers = {p: fit(windows[p], ngrams, style.regularisation, seed) for p in personas}

    items: list[Item] = []
    for name in ADAPTERS:
        answers = {row["prompt_id"]: row["text"] for row in generations[name]}
        items += tool_items(name, answers, tool_questions)
        for persona in personas:
            prompts = [p for p in answers if p.startswith("style-") and p.endswith(f"/{persona}")]
            items += style_items(
                name,
                persona,
                prompts,
                [answers[p] for p in prompts],
                classifiers[persona],
                style.window_words,
            )
        items += likelihood_items(name, read_jsonl(f"data/likelihoods/{name}.jsonl"))
    write_jsonl("data/evaluate/items.jsonl", items)

    def of(adapter: str, metric: str) -> list[Item]:
        return [item for item in items if item["adapter"] == adapter and item["metric"] == metric]

    names = [m.name for m in METRICS if of("base", m.name)]
    adapters = {a: {m: estimate(m, of(a, m), resamples, seed) for m in names} for a in ADAPTERS}
    write_json(
        "metrics/evaluate.json",
        {
            "adapters": adapters,
            "differences": {
                f"{after}-{before}": {
                    m: difference(m, of(before, m), of(after, m), resamples, seed) for m in names
                }
                for before, after in (("base", "style"), ("base", "combined"))
            },
            "gates": {
                metric: gate_row(metric, target, of("combined", metric))
                for metric, target in (
                    ("schema_valid", params.report.gate_schema_valid),
                    ("restraint", params.report.gate_restraint),
                )
            },
            "style_classifier": {
                p: validate(windows[p], ngrams, style.regularisation, style.folds, seed).__dict__
                for p in personas
            },
        },
    )


if __name__ == "__main__":
    run("evaluate", main)
