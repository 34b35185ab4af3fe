"""Tagged passages to style rows in the chat format."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from twainbot.dataset.instruct import InstructRules, instruct, read_prompts
from twainbot.dataset.personas import read_personas
from twainbot.dataset.teacher.lessons import Course, read_course, read_lessons
from twainbot.dataset.teacher.rows import RowRules, Taught
from twainbot.files import read_parquet, write_json, write_jsonl
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import Passage
from twainbot.sections import Params
from twainbot.stage import run
from twainbot.text.similar import DedupeRules


def main() -> None:
    params = read_params(
        "seed", "instruct", "base", "clean", "dedupe",
        "teacher.enabled", "teacher.asked", "teacher.max_synthetic_ratio",
    )  # fmt: skip
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    rows = instruct(
        passages,
        read_personas(Path("data/personas.yaml")),
        read_prompts(Path("data/prompts/instruct.yaml")),
        token_counter(Path(params.base.path)),
        InstructRules(**params.instruct.model_dump(), seed=params.seed),
    )

    course = _course(params, passages) if params.teacher.enabled else None
    taught = course.taught(rows) if course else Taught(rows, [], {"planned": 0, "unanswered": 0})
    rows = taught.rows

    write_jsonl("data/instruct/examples.jsonl", rows)
    write_json(
        "metrics/instruct.json",
        {
            "rows": len(rows),
            "persona": dict(sorted(Counter(row["tags"]["persona"] for row in rows).items())),
            "template": dict(sorted(Counter(row["template_id"] for row in rows).items())),
            "teacher": taught.metrics,
        },
    )


def _course(params: Params, passages: Sequence[Passage]) -> Course:
    folder = Path("data/teacher")
    lessons = read_lessons(
        folder,
        Path("data/tools/places.yaml"),
        passages,
        read_personas(Path("data/personas.yaml")),
        params.teacher.asked,
        params.instruct.max_answer_tokens,
        params.seed,
    )
    return read_course(
        folder,
        lessons,
        token_counter(Path(params.base.path)),
        params.clean,
        DedupeRules(**params.dedupe.model_dump(), seed=params.seed),
        RowRules(params.teacher.max_synthetic_ratio, params.instruct.control_tag_share, params.seed),
    )


if __name__ == "__main__":
    run("instruct", main)
