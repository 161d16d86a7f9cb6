"""Brief: one page for an instructor, with the costliest decisions, a question to each, and what drills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.engine.session import Session
from simulator.program_name import program_name
from simulator.report.decisions import Decision, costly_decisions
from simulator.report.gallery import AcquisitionFigure, FigureMaker
from simulator.report.near_misses import shows_best
from simulator.report.page import environment, write_page
from simulator.report.procedure_marks import read_marks
from simulator.report.verdict import verdict
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.progress import Progress
from simulator.vocabulary.scoring import MetricId

MOST = 3
Drill = tuple[str, int]
"""A shipped case and a seed of it."""

_FINDING, _LEVEL, _NARROW = ("false-leak", 3), ("sixth-lumbar", 2), ("patient-4", 3)
_DOSE, _TIME_OUT, _COVER, _WAY = ("low-dose", 2), ("not-today", 2), ("patient-3", 2), ("obese", 2)
DRILLS: Mapping[MetricId, Drill] = {
    MetricId.LEAK_LOCALISED: _FINDING,
    MetricId.BEVEL_IN_TARGET_ZONE: _LEVEL,
    **dict.fromkeys((MetricId.LEAK_COVERAGE, MetricId.SEAL, MetricId.EPIDURAL_VOLUME), _COVER),
    **dict.fromkeys(
        (
            *(MetricId.DURAL_MARGIN, MetricId.DURA_TENTING, MetricId.DURA_CONTACTS, MetricId.DURAL_PUNCTURES),
            *(MetricId.BLIND_ADVANCE, MetricId.DEMANDED_IMAGES),
        ),
        _NARROW,
    ),
    **dict.fromkeys((MetricId.DLP_GUIDANCE, MetricId.DLP_PLANNING, MetricId.DLP_CONFIRMATION), _DOSE),
    **dict.fromkeys((MetricId.REDIRECTIONS, MetricId.SKIN_PUNCTURES, MetricId.PATH_RATIO), _WAY),
    **dict.fromkeys((MetricId.TIME_OUT_HELD, MetricId.PATIENT_POSITIONED, MetricId.SKIN_PREPARED), _TIME_OUT),
}
"""Which case drills what a metric measures; the choice is ours. Another metric is drilled on the same case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefItem:
    """One decision as the instructor's page has it.

    Attributes:
        picture: the image that shows it; None where none was taken
        drill, what_if: commands to type
    """

    decision: Decision
    picture: AcquisitionFigure | None
    drill: str
    what_if: str


def write_brief(session: Session, card: Scorecard, out: Path, *, progress: Progress | None = None) -> None:
    """Write the instructor's page of a procedure.

    Args:
        card: its scorecard by this version's rubric
        out: the HTML file; its folder must exist
        progress: told the kind of work and the part that is done
    """
    marks = read_marks(session.world, session.events)
    maker = FigureMaker(session, marks)
    pictures: dict[int, AcquisitionFigure] = {}
    items = []
    decisions = costly_decisions(session, card, marks)[:MOST]
    for done, decision in enumerate(decisions, start=1):
        press = shows_best(marks, decision.at_ms)
        if press is not None and press not in pictures:
            pictures[press] = maker.press(marks.presses[press - 1], press)
        items.append(
            BriefItem(
                decision=decision,
                picture=None if press is None else pictures[press],
                drill=_drill(decision.metric, card),
                what_if=f"{program_name()} report SESSION --what-if {decision.number}",
            )
        )
        if progress is not None:
            progress("brief", done / len(decisions))
    page = environment().get_template("brief.html").render(
        title=session.world.settings.title,
        card=card,
        verdict=verdict(session.world, card, marks),
        items=items,
    )  # fmt: skip
    write_page(page, out)


def _drill(metric: MetricId, card: Scorecard) -> str:
    """The case and seed that drill it; where the learner comes from that very one, its next seed."""
    case, seed = DRILLS.get(metric, (card.scenario, card.seed + 1))
    if (case, seed) == (card.scenario, card.seed):
        seed += 1
    return f"{program_name()} play {case} --seed {seed}"
