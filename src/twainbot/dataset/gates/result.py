"""What a gate says: one figure against its budget, and the rows that are to blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple


class Offender(NamedTuple):
    """A row that counts against a gate, or what takes the place of rows there (a persona, a scenario)."""

    id: str
    where: str  # the file, as in style/train; empty if it is no single row
    why: str
    near: str = ""  # words of the row that are to blame, as they stand in it


@dataclass(frozen=True)
class GateResult:
    """``value`` must be ``bound`` ("at most", "at least") ``budget``; offenders may be there within it."""

    name: str
    measured: str
    value: float
    bound: Literal["at most", "at least"]
    budget: float
    offenders: tuple[Offender, ...] = ()

    @property
    def passed(self) -> bool:
        return self.value <= self.budget if self.bound == "at most" else self.value >= self.budget

    def summary(self) -> dict[str, Any]:
        """The result without its offenders, for metrics."""
        return {
            "measured": self.measured,
            "value": self.value,
            "bound": self.bound,
            "budget": self.budget,
            "passed": self.passed,
            "offenders": len(self.offenders),
        }


def rows_within(name: str, measured: str, offenders: Sequence[Offender], budget: int) -> GateResult:
    """A gate on the number of offenders."""
    return GateResult(name, measured, len(offenders), "at most", budget, tuple(offenders))


def share(part: int, whole: int) -> float:
    """``part`` of ``whole``; 0 of nothing."""
    return part / whole if whole else 0.0
