"""Phases: when a procedure passed from one part into the next, read from its events."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.procedure import Phase

PHASES = (Phase.PREPARATION, Phase.GUIDANCE, Phase.INJECTION, Phase.CONFIRMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One phase, from `start_ms` to before `end_ms`; the last one holds its end as well."""

    name: Phase
    start_ms: int
    end_ms: int
    last: bool

    def holds(self, at_ms: int) -> bool:
        """Whether something that was done at a time belongs to this phase."""
        return self.start_ms <= at_ms < self.end_ms or (self.last and at_ms == self.end_ms)


def intervals(summary: ProcedureSummary) -> list[Interval]:
    """Phases that were reached, in order and without gaps.

    Preparation ends as the needle goes in, guidance with the first millilitre of blood, injection with the last one.
    """
    if not summary.events:
        return []
    marks = [0, summary.punctured_ms]
    if summary.first_blood is not None:
        marks += [summary.first_blood.at_ms, summary.injected[-1].at_ms]
    known = [mark for mark in marks if mark is not None]
    ends = [*known[1:], summary.events[-1].at_ms]
    return [
        Interval(name=name, start_ms=start, end_ms=end, last=name == PHASES[len(known) - 1])
        for name, start, end in zip(PHASES, known, ends, strict=False)
    ]
