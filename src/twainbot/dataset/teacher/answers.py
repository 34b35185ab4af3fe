"""What a teacher was asked and what it answered: one line a request, found again by what was asked.

The file is all that the pipeline knows of the teacher: with it a rerun needs no endpoint. While the teacher
is asked, each answer goes to a journal at once, so that a run that is killed loses none that was paid for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypedDict

from twainbot.files import InputError, read_jsonl, write_jsonl
from twainbot.records import Message
from twainbot.text.normalize import normalize

FILE, JOURNAL = "responses.jsonl", "responses.jsonl.journal"
# Single ones are as often apostrophes.
_QUOTES = {'"': '"', "“": "”"}


class Request(TypedDict):
    """The body of a chat completion request: what was asked, of which model, and how it samples."""

    model: str
    messages: list[Message]
    temperature: float
    max_tokens: int
    seed: int


class Answer(TypedDict):
    """One answered request."""

    key: str  # of the request: see request_key
    kind: str  # what it was asked for: style, neutralise, joke, paraphrase or backtranslate
    request: Request
    content: str
    finish_reason: str
    model: str  # as the endpoint names it
    prompt_tokens: int | None  # as the endpoint counts
    completion_tokens: int | None


class Keep(Protocol):
    def __call__(self, answer: Answer) -> None: ...


def request_key(request: Request) -> str:
    """The sha256 of the request in canonical JSON (sorted keys, no spaces, ASCII), in hex.

    Neither the endpoint's address nor the key that pays is part of it.
    """
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def answer_id(key: str) -> str:
    """The id by which a row names the answer that it is made of."""
    return f"ask-{key[:16]}"


def generator(model: str) -> str:
    """How a row names the model that wrote a part of it."""
    return f"teacher:{model}"


def said(answer: Answer) -> str:
    """The answer's text, normalised, without quotation marks around the whole of it."""
    text = normalize(answer["content"]).strip()
    inner = text[1:-1]
    if len(text) > 2 and _QUOTES.get(text[0]) == text[-1] and not re.search('["“”]', inner):
        return inner.strip()
    return text


def read_answers(folder: Path) -> dict[str, Answer]:
    """All answers by key; none if there is no file.

    Raises:
        InputError: lines that are no answers, or whose key is not that of their request; all at once.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    answers: dict[str, Answer] = {}
    problems: list[str] = []
    for number, row in enumerate(read_jsonl(path), start=1):
        if problem := _problem(row, answers):
            problems.append(f"{path}: answer {number}: {problem}")
        else:
            answers[row["key"]] = row
    if problems:
        raise InputError(
            "\n".join([*problems, "Delete these lines; `twainbot teacher run` asks for them again."])
        )
    return answers


def _problem(row: Mapping[str, Any], seen: Mapping[str, Answer]) -> str | None:
    if missing := [name for name in Answer.__annotations__ if name not in row]:
        return f"lacks {', '.join(missing)}"
    if not isinstance(row["content"], str) or not isinstance(row["request"], dict):
        return "content must be text and request an object"
    if row["key"] in seen:
        return f"key {row['key']} is there twice"
    if row["key"] != request_key(row["request"]):  # type: ignore[arg-type]
        return f"key {row['key']} is not that of its request; was the line edited?"
    return None


def merge_journal(folder: Path) -> int:
    """Put what a run left in the journal into the file, sorted by key; how many answers that were.

    A last line that was cut by a kill is left out. Merging twice does no harm.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return 0
    answers = read_answers(folder)
    before = len(answers)
    # What follows the last line break was cut.
    for line in journal.read_bytes().split(b"\n")[:-1]:
        try:
            answer: Answer = json.loads(line)
        except ValueError:
            continue  # cut when the disk was full; it is asked again
        answers.setdefault(answer["key"], answer)
    if len(answers) > before:
        write_jsonl(folder / FILE, [answers[key] for key in sorted(answers)])
    journal.unlink()
    return len(answers) - before


@contextmanager
def journal(folder: Path) -> Generator[Keep, None, None]:
    """Yield a function that keeps an answer at once; the journal is merged at the end, however it comes.

    The function may be called from several threads.
    """
    merge_journal(folder)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def keep(answer: Answer) -> None:
        # One write a line: lines of two threads do not mix.
        os.write(descriptor, (json.dumps(answer, ensure_ascii=False) + "\n").encode("utf-8"))
        os.fsync(descriptor)

    try:
        yield keep
    finally:
        os.close(descriptor)
        merge_journal(folder)


def unanswered(keys: Sequence[str], answers: Mapping[str, Answer]) -> list[str]:
    """The keys that have no answer, each once, in their order."""
    return [key for key in dict.fromkeys(keys) if key not in answers]
