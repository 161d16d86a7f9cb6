"""Debrief: one procedure as a single HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface.published_doses import NO_PATCH_DOSE, PAPER_PLANNING_DLP_MGY_CM, PUBLISHED_DLP
from simulator.records.assessment import CHECKLIST_WORDS, Assessment
from simulator.report.advice import advice_of, points_words
from simulator.report.comparison import PastAttempt, PathComparison, past_rows
from simulator.report.components import components_of, metric_rows
from simulator.report.course_marks import marks_of
from simulator.report.dose_figure import dose_figure
from simulator.report.gallery import gallery_of
from simulator.report.interactive_path_3d import turnable_path
from simulator.report.ledger_rows import acquisition_rows, phase_rows, total_rows
from simulator.report.near_misses import closest_rows, near_misses
from simulator.report.page import environment
from simulator.report.path_figure import LEGEND, path_figures
from simulator.report.resistance_figure import resistance_figure
from simulator.report.skill_table import is_skill, skill_table
from simulator.report.timeline import timeline_figure, timeline_rows
from simulator.report.verdict import verdict
from simulator.report.vessels import closest_vessel
from simulator.report.words import listed
from simulator.scoring.metric import Metric

HANDS_WORDS = {
    "default": "default: skin point, angles and steps carry the error of free hands",
    "laser": "laser: as default, with a laser guide for skin point and angles",
    "exact": "exact: every movement was carried out without error, as no hand can; for tests only",
}


def write_debrief(
    session: Session,
    card: dict[str, Any],
    out: Path,
    *,
    title: str,
    operator: str,
    learner: str | None = None,
    expert: PathComparison | None = None,
    past: Sequence[PastAttempt] = (),
    assessment: Assessment | None = None,
    own_metrics: Sequence[Metric] = (),
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write the debrief of a procedure, whether it was finished or not.

    Args:
        session: the procedure; images that nobody looked at are made now
        card: its scorecard, as `simulator.scoring.scorecard` gives it; "versions", where present, is printed
        out: the HTML file; its folder must exist
        title, operator, learner: shown as text, whatever they hold; learner None for a program
        expert: the same patient treated by somebody to compare with
        past: the learner's earlier attempts, oldest first
        assessment: what a person who watched has filled in
        own_metrics: measures that other packages add
        progress: told the kind of work and the share that is done
    """

    def report(share: float) -> None:
        if progress is not None:
            progress("debrief", share)

    report(0.0)
    world = session.world
    marks = marks_of(world, session.events)
    gallery = gallery_of(session, marks, lambda share: report(0.8 * share))
    recognised = {(item["kind"], item["at_ms"]): bool(item["recognised"]) for item in card["complications"]}
    misses = near_misses(marks, recognised, closest_vessel(world.phantom, marks.moves))
    figures = path_figures(world, marks, session.state.injection.injected)
    report(0.9)
    page = (
        environment()
        .get_template("debrief.html")
        .render(
            title=title,
            operator=operator,
            learner=learner,
            card=card,
            request=" ".join(world.settings.request.split()),
            hands=HANDS_WORDS.get(card["hands"], card["hands"]),
            exact=card["hands"] == "exact",
            aids=list(world.settings.aids),
            derived=card.get("derived") or list(world.settings.derived),
            derived_words=listed(card.get("derived") or list(world.settings.derived)),
            verdict=verdict(world, card, marks),
            components=components_of(card),
            points=sum(part.points for part in components_of(card)),
            advice=[(item.words, item.cites, points_words(item)) for item in advice_of(card)],
            metrics=metric_rows(metric for metric in card["metrics"] if not is_skill(metric)),
            skill=skill_table(card),
            own_metrics=metric_rows(asdict(metric) for metric in own_metrics),
            expert=expert,
            past=past_rows(past, card) if past else [],
            assessment=assessment,
            checklist_words=CHECKLIST_WORDS,
            turnable=turnable_path(world, marks, None if expert is None else expert.path_mm),
            gallery=gallery,
            figures=figures,
            legend=LEGEND,
            resistance=resistance_figure(world, marks),
            dose_figure=dose_figure(card["dose"]),
            phases=phase_rows(card["dose"]),
            totals=total_rows(card["dose"]),
            acquisitions=acquisition_rows(marks),
            published=PUBLISHED_DLP,
            no_patch_dose=NO_PATCH_DOSE,
            paper_planning=PAPER_PLANNING_DLP_MGY_CM,
            misses=misses,
            closest=closest_rows(world, marks),
            lanes=timeline_figure(marks, misses),
            rows=timeline_rows(session.steps),
            finished=any(isinstance(event, e.Finished) for event in session.events),
            made=_how_made(session, card),
        )
    )
    out.write_text(page, encoding="utf-8", newline="\n")
    report(1.0)


def _how_made(session: Session, card: dict[str, Any]) -> list[tuple[str, str]]:
    """What it takes to make the same procedure again."""
    phantom = session.world.phantom
    rows = [
        ("scenario", str(card["scenario"])),
        ("seed", str(card["seed"])),
        ("hands", str(card["hands"])),
        ("commands", str(len(session.steps))),
        ("patient", f"{phantom.name}, digest {phantom.identity[:16]}"),
        ("rubric digest", str(card["rubric_digest"])),
        ("digest of commands and events", session.state.digest),
    ]
    versions = card.get("versions") or {}
    return rows + [(f"version of {name}", str(version)) for name, version in sorted(versions.items())]
