"""Tagged passages, plain answers and refusals to style rows in the chat format."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from twainbot.dataset.personas import read_personas
from twainbot.dataset.style.instruct import InstructRules, Material, instruct
from twainbot.dataset.style.moments import read_moments
from twainbot.dataset.style.plain_english import read_plain_english
from twainbot.dataset.style.templates import read_prompts
from twainbot.dataset.style.written import read_plain, read_refusals
from twainbot.dataset.teacher.lessons import Course, read_course, read_lessons
from twainbot.dataset.teacher.rows import RowRules, Taught
from twainbot.dataset.tools.places import load_places
from twainbot.files import read_parquet, write_json, write_jsonl
from twainbot.modeling.tokens import token_counter
from twainbot.params import read_params
from twainbot.records import Passage
from twainbot.sections import Params
from twainbot.stage import run
from twainbot.text.similar import DedupeRules

PLACES = Path("data/tools/places.yaml")


def main() -> None:
    params = read_params(
        "seed", "instruct", "base.path", "clean", "dedupe",
        "teacher.enabled", "teacher.asked", "teacher.max_synthetic_ratio",
    )  # fmt: skip
    passages: list[Passage] = read_parquet("data/tag/passages.parquet")
    personas = read_personas(Path("data/personas.yaml"))
    n_tokens = token_counter(Path(params.base.path))
    course = _course(params, passages, personas, n_tokens) if params.teacher.enabled else None
    rules = InstructRules(**params.instruct.model_dump(), seed=params.seed)
    made, rejects = instruct(passages, _material(personas, n_tokens, course), rules)
    taught = course.taught(made) if course else Taught(made, [], {"planned": 0, "unanswered": 0})
    rows = taught.rows

    write_jsonl("data/instruct/examples.jsonl", rows)
    write_jsonl("data/instruct/rejects.jsonl", [*rejects, *taught.refused])
    sources = {passage["id"]: passage["source_id"] for passage in passages}
    templates = Counter(row["template_id"] for row in rows)
    write_json(
        "metrics/instruct.json",
        {
            "rows": len(rows),
            "persona": _counts([row["tags"]["persona"] for row in rows]),
            "template": dict(sorted(templates.items())),
            "largest_template_share": max(templates.values(), default=0) / max(len(rows), 1),
            "source": _counts([sources[p] for row in rows for p in row["parents"][:1] if p in sources]),
            "origin": _counts([row["origin"] for row in rows]),
            "with_control_tags": sum(str(row["messages"][0]["content"]).startswith("[") for row in rows),
            "rejected": _counts([reject["reason"] for reject in rejects]),
            "teacher": taught.metrics,
        },
    )


def _material(
    personas: Mapping[str, Mapping[str, Any]], n_tokens: Callable[[str], int], course: Course | None
) -> Material:
    names = [name for place in load_places(PLACES).places for name in (place.name, place.region) if name]
    return Material(
        personas=personas,
        prompts=read_prompts(Path("data/prompts/instruct.yaml")),
        moments=read_moments(Path("data/lexicons/moments.yaml"), names),
        plain=read_plain_english(Path("data/lexicons/plain_english.yaml")),
        n_tokens=n_tokens,
        written=[
            *read_plain(Path("data/prompts/plain.yaml")),
            *read_refusals(Path("data/prompts/refusals.yaml"), personas),
        ],
        neutral=course.neutral() if course else {},
    )


def _course(
    params: Params,
    passages: Sequence[Passage],
    personas: Mapping[str, Mapping[str, Any]],
    n_tokens: Callable[[str], int],
) -> Course:
    folder = Path("data/teacher")
    longest = params.instruct.max_answer_tokens
    lessons = read_lessons(folder, PLACES, passages, personas, params.teacher.asked, longest, params.seed)
    return read_course(
        folder,
        lessons,
        n_tokens,
        params.clean,
        DedupeRules(**params.dedupe.model_dump(), seed=params.seed),
        RowRules(
            params.teacher.max_synthetic_ratio,
            params.instruct.control_tag_share,
            params.instruct.control_tag_dropout,
            params.seed,
        ),
    )


def _counts(values: list[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


if __name__ == "__main__":
    run("instruct", main)
