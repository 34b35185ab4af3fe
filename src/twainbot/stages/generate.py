"""Answers of one adapter (or of the base) to the evaluation prompts, and the likelihood of held-out rows."""

import sys
from pathlib import Path

from twainbot.dataset.personas import read_personas
from twainbot.dataset.sampling import draw
from twainbot.evaluation.prompts import Prompt, style_prompts, tool_prompts
from twainbot.files import content_id, read_jsonl, write_jsonl
from twainbot.modeling.base import load_adapted, load_tokenizer
from twainbot.modeling.generate import Sampling, generate, likelihoods, prompt_ids
from twainbot.modeling.pack import tokenise_chat
from twainbot.params import read_params
from twainbot.records import Generation
from twainbot.stage import run

NAMES = ("base", "style", "combined")


def main() -> None:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in NAMES:
        sys.exit(f"usage: python -m twainbot.stages.generate {{{'|'.join(NAMES)}}}")
    run(f"generate-{name}", lambda: answer(name))


def answer(name: str) -> None:
    import torch

    params = read_params("seed", "base.chat_template", "base.path", "evaluate")
    settings = params.evaluate
    torch.set_num_threads(settings.threads)
    tokenizer = load_tokenizer(Path(params.base.path), params.base.chat_template)
    adapter = None if name == "base" else Path("models/adapters") / name
    model = load_adapted(Path(params.base.path), adapter, "float32")
    personas = read_personas(Path("data/personas.yaml"))
    seeded = Sampling(settings.style_temperature, settings.style_top_p, params.seed)
    asked: list[tuple[list[Prompt], Sampling | None]] = [
        # Greedy, a small model falls into loops, and a voice is not in them; calls are judged greedy.
        (
            style_prompts(
                read_jsonl("data/eval/style_prompts.jsonl"),
                personas,
                settings.style_personas,
                settings.style_prompts,
            ),
            seeded,
        ),
        (tool_prompts(read_jsonl("data/toolcalls/eval_items.jsonl")), None),
    ]
    sampled = f"sampled at temperature {seeded.temperature}, top-p {seeded.top_p}"
    generations: list[Generation] = []
    for prompts, sampling in asked:
        answers = generate(
            model,
            tokenizer,
            [prompt_ids(tokenizer, prompt["messages"], prompt["tools"]) for prompt in prompts],
            batch_size=settings.batch_size,
            max_new_tokens=settings.max_new_tokens,
            sampling=sampling,
        )
        generations += [
            Generation(
                id=content_id("gen", name, prompt["id"], text),
                prompt_id=prompt["id"],
                adapter=name,
                messages=prompt["messages"],
                tools=prompt["tools"],
                text=text,
                n_tokens=n_tokens,
                token_ids_sha=sha,
                decode=f"{sampled if sampling else 'greedy'}, at most {settings.max_new_tokens} tokens, "
                f"batch {settings.batch_size}",
                seed=params.seed,
            )
            for prompt, (text, n_tokens, sha) in zip(prompts, answers, strict=True)
        ]
    write_jsonl(f"data/generations/{name}.jsonl", generations)

    rows = sorted(
        read_jsonl("data/split/style/test.jsonl"), key=lambda row: draw(params.seed, "nll", row["id"])
    )
    rows = rows[: settings.perplexity_rows]
    families = {row["id"]: (row["family"], row["tags"]["persona"]) for row in rows}
    sequences = tokenise_chat(rows, tokenizer, max_length=10**6).sequences
    results = likelihoods(model, tokenizer, sequences, batch_size=8)
    write_jsonl(
        f"data/likelihoods/{name}.jsonl",
        [
            {
                "id": sequence["record_id"],
                "family": families[sequence["record_id"]][0],
                "persona": families[sequence["record_id"]][1],
                "nll": round(result.nll, 4),
                "n_tokens": result.n_tokens,
                "n_bytes": result.n_bytes,
            }
            for sequence, result in zip(sequences, results, strict=True)
        ],
    )


if __name__ == "__main__":
    main()
