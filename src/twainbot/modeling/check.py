"""What a check of preflight says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """``todo`` is what to do about a failure."""

    name: str
    state: Literal["ok", "FAIL", "not known"]
    found: str
    todo: str = ""


def passed(name: str, found: str) -> Check:
    return Check(name, "ok", found)


def failed(name: str, found: str, todo: str) -> Check:
    """``todo`` without its full stop."""
    return Check(name, "FAIL", found, f"{todo}." if todo else "")


def unknown(name: str, found: str) -> Check:
    return Check(name, "not known", found)
