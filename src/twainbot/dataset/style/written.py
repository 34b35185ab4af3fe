"""Style rows that are written and not found: plain answers to everyday questions, and refusals in voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.params import read_yaml

MIN_QUESTIONS = 2
_PLAIN_PERSONA = "neutral"


@dataclass(frozen=True)
class Written:
    """One question and one answer. ``entry`` is the family: its questions and answers stay on one side."""

    template: str  # plain or refuse
    entry: str
    question: str
    persona: str
    answer: str
    domain: str


def _texts(value: Any, least: int = 1) -> list[str] | None:
    fits = isinstance(value, list) and len(value) >= least
    fits = fits and all(isinstance(text, str) and text.strip() for text in value)
    return [text.strip() for text in value] if fits else None


def _entries(path: Path) -> dict[str, Any]:
    content = read_yaml(path)
    if not isinstance(content, dict) or not content:
        raise InputError(f"{path}: expected entries by name, found {type(content).__name__}.")
    return content


def read_plain(path: Path) -> list[Written]:
    """data/prompts/plain.yaml: ``name: {ask: [question, …], answer: text, domain: general or weather}``.

    Raises:
        InputError: an entry has fewer than two questions, no answer, or unknown keys; all at once.
    """
    rows: list[Written] = []
    problems: list[str] = []
    for name, entry in _entries(path).items():
        entry = entry if isinstance(entry, dict) else {}
        questions, answer = _texts(entry.get("ask"), MIN_QUESTIONS), entry.get("answer")
        if questions is None or not isinstance(answer, str) or set(entry) - {"ask", "answer", "domain"}:
            problems.append(
                f"{path}: {name}: needs ask (at least {MIN_QUESTIONS} questions) and answer (text)"
            )
            continue
        domain = str(entry.get("domain", "general"))
        rows += [
            Written("plain", f"plain/{name}", question, _PLAIN_PERSONA, answer.strip(), domain)
            for question in questions
        ]
    if problems:
        raise InputError("\n".join(problems))
    return rows


def read_refusals(path: Path, personas: Mapping[str, Any]) -> list[Written]:
    """data/prompts/refusals.yaml: ``name: {ask: [request, …], answers: {persona: text}}``.

    Every request is asked of every persona that the entry answers for. Personas of the file that have no
    card are left out.

    Raises:
        InputError: an entry has fewer than two requests or no answers, or entries answer for different
            personas; all at once.
    """
    rows: list[Written] = []
    problems: list[str] = []
    everyone: set[str] | None = None
    for name, entry in _entries(path).items():
        entry = entry if isinstance(entry, dict) else {}
        requests, answers = _texts(entry.get("ask"), MIN_QUESTIONS), entry.get("answers")
        if (
            requests is None
            or set(entry) != {"ask", "answers"}
            or not isinstance(answers, dict)
            or _texts(list(answers.values())) is None
        ):
            problems.append(
                f"{path}: {name}: needs ask (at least {MIN_QUESTIONS} requests) and answers (persona: text)"
            )
            continue
        everyone = everyone or set(answers)
        if set(answers) != everyone:
            problems.append(
                f"{path}: {name}: answers for {', '.join(sorted(answers))}, the first entry for "
                f"{', '.join(sorted(everyone))}; all entries must answer for the same"
            )
            continue
        rows += [
            Written("refuse", f"refuse/{name}", request, persona, answers[persona].strip(), "general")
            for request in requests
            for persona in sorted(answers)
            if persona in personas
        ]
    if problems:
        raise InputError("\n".join(problems))
    return rows
