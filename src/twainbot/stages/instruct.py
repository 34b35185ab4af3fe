"""Tagged passages to style rows in the chat format."""

from collections import Counter
from pathlib import Path

from twainbot.dataset.instruct import InstructRules, instruct, read_prompts
from twainbot.dataset.personas import read_personas
from twainbot.files import read_parquet, write_json, write_jsonl
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import Passage
from twainbot.stage import run


def main() -> None:
    params = read_params("seed", "instruct", "base")
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    rows = instruct(
        passages,
        read_personas(Path("data/personas.yaml")),
        read_prompts(Path("data/prompts/instruct.yaml")),
        token_counter(Path(params.base.path)),
        InstructRules(**params.instruct.model_dump(), seed=params.seed),
    )

    write_jsonl("data/instruct/examples.jsonl", rows)
    write_json(
        "metrics/instruct.json",
        {
            "rows": len(rows),
            "persona": dict(sorted(Counter(row["tags"]["persona"] for row in rows).items())),
            "template": dict(sorted(Counter(row["template_id"] for row in rows).items())),
        },
    )


if __name__ == "__main__":
    run("instruct", main)
