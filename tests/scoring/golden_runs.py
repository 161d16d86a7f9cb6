"""Golden runs: procedures that stand in the golden sessions, carried out again by their commands; no image is made."""

from __future__ import annotations

from simulator.engine.session import Session
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun
from tests.golden.sessions import golden_names, read_golden

_ALSO = {"quick-check": "autopilot"}


def golden_score(case: str, operator: str, seed: int) -> float | None:
    """The score that a golden session holds, as `tests.golden` checks it; None where no golden one holds it."""
    name = f"{case}-{_ALSO.get(operator, operator)}-{seed}"
    card = read_golden(name).scorecard if name in golden_names() else None
    return None if card is None else card.score


def golden_session(case: str, operator: str, seed: int) -> Session | None:
    """The session of a case, an operator and a seed; None where no golden one holds it."""
    name = f"{case}-{_ALSO.get(operator, operator)}-{seed}"
    if name not in golden_names():
        return None
    record = read_golden(name)
    return rerun(record, rebuild_case(record))
