"""What would have happened: the end that was recorded beside the end that an expert brings from one command on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.engine.session import Session
from simulator.records.runs import score_session
from simulator.report.fork import EXPERT, Fork
from simulator.report.metric_rows import measured_words
from simulator.report.procedure_marks import read_marks
from simulator.report.verdict import verdict
from simulator.report.words import number, percent
from simulator.scenario.build import Case
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS

NONE = "–"
_SIDE_BY_SIDE = (
    MetricId.DURAL_MARGIN,
    MetricId.DURA_TENTING,
    MetricId.DURAL_PUNCTURES,
    MetricId.EPIDURAL_VOLUME,
    MetricId.LEAK_COVERAGE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Two ends of one procedure.

    Attributes:
        number, at, instead_of: of the command at which they part, from 1
        goes_on: who brought the other end
        recorded, other: the headlines of both
        rows: what is compared, as recorded, as it would have been
    """

    number: int
    at: str
    instead_of: str
    goes_on: str
    recorded: str
    other: str
    rows: tuple[tuple[str, str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """In plain JSON types."""
        return {
            "command": self.number,
            "at": self.at,
            "instead_of": self.instead_of,
            "goes_on": self.goes_on,
            "recorded": self.recorded,
            "other": self.other,
            "rows": [list(row) for row in self.rows],
        }


def what_if(case: Case, session: Session, recorded: Scorecard, fork: Fork) -> WhatIf:
    """Compare both ends; the recorded card must be of this version's rubric, so that the scores are of one kind."""
    card = score_session(case, fork.session, EXPERT)
    before, marks = read_marks(case.world, session.events), read_marks(case.world, fork.session.events)
    rows = [
        ("score", _score(recorded), _score(card)),
        (
            "chance of a lasting cure",
            percent(recorded.outcome.seal_probability),
            percent(card.outcome.seal_probability),
        ),
        *(_metric_row(metric, recorded, card) for metric in _SIDE_BY_SIDE),
        ("images of CT fluoroscopy", str(len(before.presses)), str(len(marks.presses))),
        ("effective dose", _dose(recorded), _dose(card)),
    ]
    return WhatIf(
        number=fork.number,
        at=fork.at,
        instead_of=fork.instead_of,
        goes_on=f"the {EXPERT}",
        recorded=verdict(case.world, recorded, before).headline,
        other=verdict(case.world, card, marks).headline,
        rows=tuple(row for row in rows if row[1:] != (NONE, NONE)),
    )


def _score(card: Scorecard) -> str:
    return f"{card.score:.1f} of 100"


def _metric_row(metric_id: MetricId, recorded: Scorecard, other: Scorecard) -> tuple[str, str, str]:
    def value(card: Scorecard) -> str:
        metric = card.metric(metric_id)
        return NONE if metric is None or metric.value is None else measured_words(metric)

    return WORDS.metric_name(metric_id), value(recorded), value(other)


def _dose(card: Scorecard) -> str:
    return f"{number(card.dose.total.effective_dose_msv)} mSv"
