"""Phases: when a procedure passed from one part into the next, read from its events."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scoring.procedure_summary import ProcedureSummary

NAMES = ("preparation", "guidance", "injection", "confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One phase, from `start_ms` to before `end_ms`; the last one holds its end as well."""

    name: str
    start_ms: int
    end_ms: int
    last: bool

    def holds(self, at_ms: int) -> bool:
        """Whether something that was done at a time belongs to this phase."""
        return self.start_ms <= at_ms < self.end_ms or (self.last and at_ms == self.end_ms)


def intervals(course: ProcedureSummary) -> list[Interval]:
    """Phases that were reached, in order and without gaps.

    Preparation ends as the needle goes in, guidance with the first millilitre of blood, injection with the last one.
    """
    if not course.events:
        return []
    marks = [0, course.punctured_ms]
    if course.first_blood is not None:
        marks += [course.first_blood.at_ms, course.injected[-1].at_ms]
    known = [mark for mark in marks if mark is not None]
    ends = [*known[1:], course.events[-1].at_ms]
    return [
        Interval(name=name, start_ms=start, end_ms=end, last=name == NAMES[len(known) - 1])
        for name, start, end in zip(NAMES, known, ends, strict=False)
    ]
