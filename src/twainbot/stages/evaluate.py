"""Score what every adapter answered: a table with intervals, paired differences, verdicts on the gates."""

from dataclasses import asdict

from twainbot.evaluation.metrics import METRICS, Item, difference, estimate, has_value, judge_gate
from twainbot.evaluation.scoring import likelihood_items, style_items, tool_items
from twainbot.evaluation.style import fit, style_windows, validate
from twainbot.files import InputError, read_jsonl, read_parquet, write_json, write_jsonl
from twainbot.params import read_params
from twainbot.stage import run

ADAPTERS = ("base", "style", "combined")
PAIRS = (("base", "style"), ("base", "combined"))


def main() -> None:
    params = read_params(
        "seed",
        "base.chat_template",
        "style",
        "report.bootstrap",
        "report.gate_schema_valid",
        "report.gate_restraint",
    )
    style, resamples, seed = params.style, params.report.bootstrap, params.seed
    passages = read_parquet("data/tag/passages.parquet")
    questions = read_jsonl("data/toolcalls/eval_items.jsonl")
    answers = {
        name: {row["prompt_id"]: row["text"] for row in read_jsonl(f"data/generations/{name}.jsonl")}
        for name in ADAPTERS
    }

    prompts = [prompt for prompt in answers["base"] if prompt.startswith("style-")]
    personas = sorted({prompt.split("/")[1] for prompt in prompts})
    judged = [m.name.removeprefix("style_") for m in METRICS if m.name.startswith("style_")]
    if unjudged := sorted(set(personas) - set(judged)):
        raise InputError(
            f"params.yaml: evaluate.style_personas: no metric for the voice of {', '.join(unjudged)}; "
            "add one to METRICS in src/twainbot/evaluation/metrics.py."
        )
    ngrams = (style.char_ngrams[0], style.char_ngrams[1])
    windows = {p: style_windows(passages, p, style.window_words) for p in personas}
    # First of all, for it says what is wrong where a persona has too few books.
    validations = {p: validate(windows[p], ngrams, style.regularisation, style.folds, seed) for p in personas}
    classifiers = {p: fit(windows[p], ngrams, style.regularisation, seed) for p in personas}

    items: list[Item] = []
    for name in ADAPTERS:
        items += tool_items(name, answers[name], questions, params.base.chat_template)
        for persona in personas:
            asked = [prompt for prompt in prompts if prompt.endswith(f"/{persona}")]
            replies = [answers[name][prompt] for prompt in asked]
            items += style_items(name, persona, asked, replies, classifiers[persona], style.window_words)
        items += likelihood_items(name, read_jsonl(f"data/likelihoods/{name}.jsonl"))
    write_jsonl("data/evaluate/items.jsonl", items)

    scored: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        scored.setdefault((item["adapter"], item["metric"]), []).append(item)
    valued = {key for key, of in scored.items() if has_value(of)}
    targets = {"schema_valid": params.report.gate_schema_valid, "restraint": params.report.gate_restraint}
    write_json(
        "metrics/evaluate.json",
        {
            "adapters": {
                name: {
                    m.name: estimate(m.name, scored[name, m.name], resamples, seed)
                    for m in METRICS
                    if (name, m.name) in valued
                }
                for name in ADAPTERS
            },
            "differences": {
                f"{after}-{before}": {
                    m.name: difference(m.name, scored[before, m.name], scored[after, m.name], resamples, seed)
                    for m in METRICS
                    if {(before, m.name), (after, m.name)} <= valued
                }
                for before, after in PAIRS
            },
            "gates": {
                metric: {
                    "metric": metric,
                    **asdict(judge_gate(metric, target, scored["combined", metric], resamples, seed)),
                }
                for metric, target in targets.items()
            },
            "style_classifier": {persona: asdict(found) for persona, found in validations.items()},
        },
    )


if __name__ == "__main__":
    run("evaluate", main)
