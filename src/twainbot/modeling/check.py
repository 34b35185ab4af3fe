"""What a check of preflight says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """``todo`` is what to do about a failure, a line each."""

    name: str
    state: Literal["ok", "FAIL", "not known"]
    found: str
    todo: tuple[str, ...] = ()


def passed(name: str, found: str) -> Check:
    return Check(name, "ok", found)


def failed(name: str, found: str, *todo: str) -> Check:
    """``todo`` without full stops."""
    return Check(name, "FAIL", found, tuple(f"{line}." for line in todo))


def complaint(check: Check) -> str:
    """A failure as lines for people."""
    return "\n".join([f"{check.name}: {check.found}", *(f"    {line}" for line in check.todo)])


def unknown(name: str, found: str) -> Check:
    return Check(name, "not known", found)
