"""Debrief: one procedure as a single HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface.published_doses import (
    NO_NECK_DOSE,
    NO_PATCH_DOSE,
    PLANNING_ESTIMATE_DLP_MGY_CM,
    PUBLISHED_DLP,
    has_published_marks,
)
from simulator.program_name import program_name
from simulator.records.assessment import CHECKLIST_WORDS, Assessment
from simulator.report.advice import give_advice, points_words
from simulator.report.comparison import PastAttempt, PathComparison, past_rows
from simulator.report.components import component_rows
from simulator.report.decisions import costly_decisions
from simulator.report.deeds import deed_words
from simulator.report.dose_figure import dose_figure
from simulator.report.gallery import AcquisitionFigure, Gallery, collect_gallery
from simulator.report.interactive_path_3d import interactive_path_3d
from simulator.report.ledger_rows import acquisition_rows, phase_rows, total_rows
from simulator.report.lesson import LessonReview
from simulator.report.metric_rows import metric_rows
from simulator.report.near_misses import NearMiss, closest_rows, near_misses
from simulator.report.page import environment, write_page
from simulator.report.path_figure import legend_rows, path_figures
from simulator.report.procedure_marks import Marks, read_marks
from simulator.report.resistance_figure import resistance_figure
from simulator.report.skill_table import is_skill, skill_table
from simulator.report.timeline import timeline_figure, timeline_rows
from simulator.report.verdict import cap_words, verdict
from simulator.report.vessels import closest_vessel
from simulator.report.what_if import WhatIf
from simulator.report.words import listed, number
from simulator.report.worth import FORKS, Gain, PressWorth
from simulator.scoring.metric import Metric
from simulator.scoring.rubric import Rubric
from simulator.scoring.rubric_words import own_rubric_words
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.progress import Progress

HANDS_WORDS = {
    "default": "default: skin point, angles and steps carry the error of free hands",
    "laser": "laser: as default, with a laser guide for skin point and angles",
    "exact": "exact: every movement was carried out without error, as no hand can; for tests only",
}
DECISIONS = 3
_GALLERY_SHARE, _FIGURES_SHARE = 0.8, 0.9  # of the time that a debrief takes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Procedure:
    """What the sections of the page are made from."""

    session: Session
    card: Scorecard
    marks: Marks


def write_debrief(
    session: Session,
    card: Scorecard,
    out: Path,
    *,
    title: str,
    operator: str,
    rubric: Rubric | None = None,
    rescored: Scorecard | None = None,
    learner: str | None = None,
    expert: PathComparison | None = None,
    past: Sequence[PastAttempt] = (),
    assessment: Assessment | None = None,
    other_end: WhatIf | None = None,
    worth: Sequence[PressWorth] | None = None,
    user_metrics: Sequence[Metric] = (),
    lesson: LessonReview | None = None,
    versions: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the debrief of a procedure, whether it was finished or not.

    Args:
        session: the procedure; images that nobody looked at are made now
        card, rescored: its scorecard, an earlier rubric's marked as such; what this version's rubric gives beside it
        rubric: of the case, of which the page says in what it is its own; the common one if None
        out: the HTML file, in a folder that exists
        title, operator, learner: shown as text, whatever they hold; learner None for a program
        expert: the same patient treated by somebody to compare with
        past: the learner's earlier attempts, oldest first
        assessment: what a person who watched has filled in
        other_end, worth: how an expert would have gone on; what each press bought; None where nobody asked
        user_metrics, lesson: measures that other packages add; what the case's lesson, if any, makes of it
        versions: of what made the record, by name; None leaves them out
        progress: told the kind of work and the part that is done
    """
    report = _teller(progress)
    procedure = _Procedure(session=session, card=card, marks=read_marks(session.world, session.events))
    gallery, path = _pictures(procedure, expert, report)
    page = environment().get_template("debrief.html").render(
        title=title,
        operator=operator,
        learner=learner,
        card=card,
        **_rubric_section(card, rubric or Rubric(), rescored),
        gallery=gallery,
        **path,
        **_verdict_section(procedure),
        **_dose_section(procedure),
        **_metrics_section(card, user_metrics),
        **_others_section(card, expert, past, assessment),
        **_timeline_section(procedure, gallery),
        **_forks_section(other_end, worth),
        lesson=None if lesson is None or lesson.empty else lesson,
        made=_how_made(session, card, versions or {}),
    )  # fmt: skip
    write_page(page, out)
    report(1.0)


def _pictures(
    procedure: _Procedure, expert: PathComparison | None, report: Callable[[float], None]
) -> tuple[Gallery, dict[str, Any]]:
    """The images, and the figures of the needle's way, which are drawn beside them."""
    with ThreadPoolExecutor(1, thread_name_prefix="path") as beside:
        path = beside.submit(_path_section, procedure, expert)
        gallery = collect_gallery(procedure.session, procedure.marks, lambda part: report(_GALLERY_SHARE * part))
        report(_FIGURES_SHARE)
        return gallery, path.result()


def _teller(progress: Progress | None) -> Callable[[float], None]:
    """What tells the part of the debrief that is done, to whoever asked."""

    def tell(part: float) -> None:
        if progress is not None:
            progress("debrief", part)

    return tell


def _rubric_section(card: Scorecard, rubric: Rubric, rescored: Scorecard | None) -> dict[str, Any]:
    """In what the case's rubric is its own; an earlier rubric, and what this version's gives beside it."""
    return {
        "own_rubric": own_rubric_words(rubric),
        "older_rubric": card.rubric_version if card.rubric_version < Rubric().version else None,
        "rescored": rescored,
        "rescored_components": component_rows(rescored) if rescored is not None else [],
        "rescored_caps": cap_words(rescored) if rescored is not None else None,
    }


def _forks_section(other_end: WhatIf | None, worth: Sequence[PressWorth] | None) -> dict[str, Any]:
    return {
        "other_end": other_end,
        "worth": None if worth is None else [_worth_row(press) for press in worth],
        "worthless": listed([str(press.ordinal) for press in worth or () if press.worthless]),
        "forks": FORKS,
    }


def _verdict_section(procedure: _Procedure) -> dict[str, Any]:
    settings, card = procedure.session.world.settings, procedure.card
    derived = list(card.derived) or list(settings.derived)
    deeds = deed_words(procedure.session, procedure.marks)
    components = component_rows(card)
    return {
        "request": " ".join(settings.request.split()),
        "hands": HANDS_WORDS.get(card.hands, card.hands),
        "scanner": settings.imaging.scanner,
        "exact": card.hands == "exact",
        "aids": list(settings.aids),
        "derived": derived,
        "derived_words": listed(derived),
        "verdict": verdict(procedure.session.world, card, procedure.marks),
        "components": components,
        "points": sum(part.points for part in components),
        "advice": [(item.words, item.cites, points_words(item)) for item in give_advice(card, deeds)],
        "decisions": costly_decisions(procedure.session, card, procedure.marks)[:DECISIONS],
        "program": program_name(),
    }


def _path_section(procedure: _Procedure, expert: PathComparison | None) -> dict[str, Any]:
    world, marks = procedure.session.world, procedure.marks
    return {
        "figures": path_figures(world, marks, procedure.session.state.injection.injected),
        "legend": legend_rows(),
        "interactive_path": interactive_path_3d(world, marks, None if expert is None else expert.path_mm),
        "resistance": resistance_figure(world, marks),
    }


def _dose_section(procedure: _Procedure) -> dict[str, Any]:
    dose = procedure.card.dose
    marked = has_published_marks(dose.ctdi_phantom_cm)
    return {
        "dose_figure": dose_figure(dose),
        "planned": DosePhase.PLANNING in dose.by_phase and marked,
        "phases": phase_rows(dose),
        "totals": total_rows(dose),
        "acquisitions": acquisition_rows(procedure.marks),
        "published": PUBLISHED_DLP,
        "no_patch_dose": NO_PATCH_DOSE if marked else NO_NECK_DOSE,
        "planning_estimate": PLANNING_ESTIMATE_DLP_MGY_CM,
    }


def _metrics_section(card: Scorecard, user_metrics: Sequence[Metric]) -> dict[str, Any]:
    return {
        "metrics": metric_rows(metric for metric in card.metrics if not is_skill(metric)),
        "skill": skill_table(card),
        "user_metrics": metric_rows(user_metrics),
    }


def _others_section(
    card: Scorecard, expert: PathComparison | None, past: Sequence[PastAttempt], assessment: Assessment | None
) -> dict[str, Any]:
    return {
        "expert": expert,
        "past": past_rows(past, card) if past else [],
        "assessment": assessment,
        "checklist_words": CHECKLIST_WORDS,
    }


def _timeline_section(procedure: _Procedure, gallery: Gallery) -> dict[str, Any]:
    session, marks = procedure.session, procedure.marks
    misses = near_misses(marks, procedure.card.recognised(), closest_vessel(session.world.phantom, marks.moves))
    return {
        "misses": [(miss, *_shown(miss, gallery)) for miss in misses],
        "closest": closest_rows(session.world, marks),
        "lanes": timeline_figure(marks, misses),
        "rows": timeline_rows(session.steps),
        "finished": any(isinstance(event, e.Finished) for event in session.events),
    }


def _shown(miss: NearMiss, gallery: Gallery) -> tuple[AcquisitionFigure | None, str]:
    """The picture of a near miss, and in words which image shows it; an image that is left out has words alone."""
    if miss.press is None:
        return None, "no image of the needle shows it"
    name = f"press-{miss.press}"
    return next((shown for shown in gallery.presses if shown.name == name), None), f"image {miss.press}"


def _worth_row(press: PressWorth) -> tuple[str, ...]:
    """Image, time, what was changed, margin, seal, dose, beam time."""

    def gained(gain: Gain | None, factor: float, unit: str) -> str:
        if gain is None:
            return "–"
        return f"{number(factor * gain.mean, 2)} ± {number(factor * gain.half, 2)} {unit}"

    return (
        f"Image {press.ordinal}",
        press.at,
        press.changed or "nothing",
        gained(press.margin_mm, 1.0, "mm"),
        gained(press.seal, 100.0, "%"),
        f"{number(1000.0 * press.effective_dose_msv)} µSv",
        f"{press.seconds:g} s",
    )


def _how_made(session: Session, card: Scorecard, versions: Mapping[str, str]) -> list[tuple[str, str]]:
    """What it takes to make the same procedure again."""
    phantom = session.world.phantom
    rows = [
        ("scenario", card.scenario),
        ("seed", str(card.seed)),
        ("hands", card.hands),
        ("scanner", session.world.settings.imaging.scanner),
        ("commands", str(len(session.steps))),
        ("patient", f"{phantom.name}, digest {phantom.identity[:16]}"),
        ("rubric digest", card.rubric_digest),
        ("digest of commands and events", session.state.digest),
    ]
    return rows + [(f"version of {name}", version) for name, version in sorted(versions.items())]
