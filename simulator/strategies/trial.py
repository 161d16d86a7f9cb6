"""Trial: one run of a study, from its description to its row of the table."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from phantoms.phantom import Phantom
from simulator.engine.events import CommandRefused, Complication
from simulator.engine.session import Session, drive
from simulator.errors import UserInputError
from simulator.interface.commands import PressPedal
from simulator.operators import operator_named
from simulator.patch.leak_coverage import extent_mm
from simulator.records.runs import score_session
from simulator.records.versions import versions
from simulator.scenario.build import Case
from simulator.scenario.load import parse_scenario
from simulator.scoring.dose_ledger import phase_dlp_mgy_cm
from simulator.scoring.procedure_summary import in_accepted_zone, summarise
from simulator.strategies.patients import Patients
from simulator.strategies.study import Trial
from simulator.vocabulary.procedure import DosePhase
from simulator.wording.english import ENGLISH

Row = dict[str, Any]
DIGITS = 6  # significant, as on the scorecard
COUNTED_PHASES = (DosePhase.PLANNING, DosePhase.GUIDANCE, DosePhase.CONFIRMATION)


@cache
def _patients() -> Patients:
    return Patients()


def run_trial(trial: Trial) -> Row:
    """Carry out one run.

    Returns:
        {"key", "row"}, or {"key", "faults"} with location, what and fix of each where the user's input is at fault: an
        exception of ours does not travel between processes
    """
    try:
        return {"key": trial.key, "row": _row(trial)}
    except UserInputError as fault:
        return {"key": trial.key, "faults": [[one.location, one.what, one.fix] for one in fault.faults]}


def _row(trial: Trial) -> Row:
    scenario = parse_scenario(trial.resolved, trial.location)
    case, session = _patients().admit(
        scenario, name=trial.scenario, seed=trial.seed, location=trial.location, folder=Path(trial.folder)
    )
    drive(session, operator_named(trial.operator, folder=Path(trial.operator_folder)))
    return {
        "key": trial.key,
        "scenario": trial.scenario,
        "operator": trial.operator,
        **dict(trial.point),
        "seed": trial.seed,
        **outcome(case, session, trial.operator),
    }


def outcome(case: Case, session: Session, operator: str) -> Row:
    """What a study keeps of a finished procedure.

    A success is blood whose first millilitre left the bevel in an accepted zone at an accepted level, or none where
    that is right, and no dural puncture at any time. The digest of the state is chained over all commands and events:
    runs that agree in it went the same way to the last press.
    """
    summary = summarise(case.world, session.events)
    card = score_session(case, session, operator)
    punctured = any(isinstance(x, Complication) and x.kind == "dural_puncture" for x in summary.events)
    in_place = summary.first_blood is not None and in_accepted_zone(case.world, summary.first_blood)
    pressed = [
        step
        for step in session.steps
        if isinstance(step.command, PressPedal) and not any(isinstance(e, CommandRefused) for e in step.events)
    ]
    beam_on_ms = sum(a.beam.on_ms for a in summary.beams if a.purpose == "fluoroscopy")
    dlp = {phase: phase_dlp_mgy_cm(summary, phase) for phase in COUNTED_PHASES}
    placement = card.placement
    return {
        "success": (in_place or card.rightly_abandoned) and not punctured,
        "dural_puncture": punctured,
        "score": card.score,
        "cap_reason": ENGLISH.cap_reasons(card.caps),
        "compartment": _text(placement.compartment),
        "zone": _text(placement.zone),
        "level": _text(placement.level),
        "tip_to_target_mm": placement.tip_to_target_mm,
        "dural_margin_mm": placement.dural_margin_mm,
        **{f"dlp_{phase}_mgy_cm": _rounded(value) for phase, value in dlp.items()},
        "dlp_total_mgy_cm": _rounded(sum(dlp.values())),
        "effective_dose_msv": card.dose.total.effective_dose_msv,
        "blood_ml": _rounded(session.state.injection.blood_ml),
        "epidural_ml": _rounded(session.state.injection.epidural_ml),
        "levels_reached": _rounded(
            extent_mm(case.world.phantom, session.state.injection.injected) / level_mm(case.world.phantom)
        ),
        "covered_share": _rounded(summary.injected[-1].covered_share if summary.injected else 0.0),
        **{name: value for name, value in asdict(card.outcome).items() if name != "next_day"},
        "next_day": "; ".join(card.outcome.next_day),
        "presses": len(pressed),
        "ctf_images": len(session.presses()),
        "beam_on_s": beam_on_ms / 1000.0,
        "procedure_s": session.state.elapsed_ms / 1000.0,
        "hands": card.hands,
        "rubric_digest": card.rubric_digest,
        "phantom_digest": case.world.phantom.identity,
        "state_digest": session.state.digest,
        "versions": " ".join(f"{name}={value}" for name, value in versions().items()),
    }


def level_mm(phantom: Phantom) -> float:
    """Height of a level of this patient, mm."""
    heights = sorted(phantom.landmarks.interspaces[level].z_mm for level in phantom.levels)
    return median(b - a for a, b in pairwise(heights))


def _text(word: str | None) -> str | None:
    """A word of the vocabulary as plain text, for a table."""
    return None if word is None else str(word)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0
