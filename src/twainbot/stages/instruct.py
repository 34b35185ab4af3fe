"""Tagged passages, plain answers and refusals to style rows in the chat format."""

from collections import Counter
from pathlib import Path

from twainbot.dataset.instruct import InstructRules, Material, instruct
from twainbot.dataset.moments import read_moments
from twainbot.dataset.personas import read_personas
from twainbot.dataset.places import load_places
from twainbot.dataset.plain_english import read_plain_english
from twainbot.dataset.templates import read_prompts
from twainbot.dataset.written import read_plain, read_refusals
from twainbot.files import read_parquet, write_json, write_jsonl
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import Passage
from twainbot.stage import run


def main() -> None:
    params = read_params("seed", "instruct", "base")
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    personas = read_personas(Path("data/personas.yaml"))
    places = load_places(Path("data/tools/places.yaml")).places
    rows, rejects = instruct(
        passages,
        Material(
            personas=personas,
            prompts=read_prompts(Path("data/prompts/instruct.yaml")),
            moments=read_moments(
                Path("data/lexicons/moments.yaml"), [n for p in places for n in (p.name, p.region) if n]
            ),
            plain=read_plain_english(Path("data/lexicons/plain_english.yaml")),
            n_tokens=token_counter(Path(params.base.path)),
            written=[
                *read_plain(Path("data/prompts/plain.yaml")),
                *read_refusals(Path("data/prompts/refusals.yaml"), personas),
            ],
        ),
        InstructRules(**params.instruct.model_dump(), seed=params.seed),
    )

    write_jsonl("data/instruct/examples.jsonl", rows)
    write_jsonl("data/instruct/rejects.jsonl", rejects)
    sources = {passage["id"]: passage["source_id"] for passage in passages}
    write_json(
        "metrics/instruct.json",
        {
            "rows": len(rows),
            "persona": _counts([row["tags"]["persona"] for row in rows]),
            "template": _counts([row["template_id"] for row in rows]),
            "largest_template_share": max(Counter(row["template_id"] for row in rows).values(), default=0)
            / max(len(rows), 1),
            "source": _counts([sources[row["parents"][0]] for row in rows if row["parents"]]),
            "origin": _counts([row["origin"] for row in rows]),
            "with_control_tags": sum(str(row["messages"][0]["content"]).startswith("[") for row in rows),
            "rejected": _counts([reject["reason"] for reject in rejects]),
        },
    )


def _counts(values: list[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


if __name__ == "__main__":
    run("instruct", main)
