"""Outcome row: what a study keeps of a finished procedure; `columns.py` says what each column means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from statistics import median
from typing import Any

from phantoms.phantom import Phantom
from simulator.engine.events import AcquisitionMade, CommandRefused, Complication, NeedleMoved, NeedlePlaced
from simulator.engine.session import Session
from simulator.interface.commands import PressPedal
from simulator.operators.operator_failure import RunStatus
from simulator.patch.leak_coverage import extent_mm
from simulator.records.versions import versions
from simulator.scenario.build import Case
from simulator.scoring.dose_ledger import phase_dlp_mgy_cm
from simulator.scoring.procedure_summary import ProcedureSummary, in_accepted_zone, summarise
from simulator.scoring.scorecard import Scorecard
from simulator.strategies.columns import COMPONENT, METRIC
from simulator.strategies.run_end import RunEnd
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.scoring import CapId, Component, MetricId
from simulator.wording.english import ENGLISH

Row = dict[str, Any]
DIGITS = 6  # significant, as on the scorecard
HARM = frozenset(
    {
        CapId.INTRATHECAL_BLOOD,
        CapId.CORD_CONTACT,
        CapId.DURAL_PUNCTURE,
        CapId.SUBDURAL_BLOOD,
        CapId.BLOOD_AT_TENTED_DURA,
        CapId.BLOOD_IN_VEIN,
        CapId.NERVE_COMPRESSION,
    }
)
"""Caps of a score that say that the patient came to harm."""
UNSAFE = HARM | {CapId.UNSEEN_NEEDLE, CapId.BLIND_ADVANCE, CapId.PLUNGER_ALONE}
"""And of a score of which chance alone says that nobody did: a needle near the dura that nobody saw."""
COUNTED_PHASES = (DosePhase.PLANNING, DosePhase.GUIDANCE, DosePhase.CONFIRMATION)


def outcome_row(case: Case, session: Session, card: Scorecard, end: RunEnd) -> Row:
    """What a study keeps of a finished procedure.

    A success is blood whose first millilitre left the bevel in an accepted zone at an accepted level, or none where
    that is right, no dural puncture at any time, and an operator who ended the run. The digest of the state is chained
    over all commands and events: runs that agree in it went the same way to the last press.
    """
    summary = summarise(case.world, session.events)
    punctured = any(isinstance(x, Complication) and x.kind == "dural_puncture" for x in summary.events)
    in_place = summary.first_blood is not None and in_accepted_zone(case.world, summary.first_blood)
    success = end.status is RunStatus.FINISHED and (in_place or card.rightly_abandoned) and not punctured
    known = versions()
    return {
        "status": str(end.status),
        "reason": end.reason or None,
        "commands_repeated": None,
        "commands": end.commands,
        "refused_commands": end.refused,
        "success": success,
        "safe_success": success and not UNSAFE & set(card.caps),
        "dural_puncture": punctured,
        "harm": bool(HARM & set(card.caps)) or punctured,
        "score": card.score,
        "caps": "; ".join(map(str, card.caps)) or None,
        "cap_reason": ENGLISH.cap_reasons(card.caps),
        **_placement(card),
        **_dose(summary, card),
        **_patch(case, session, summary, card),
        **_work(session, summary, card),
        **{f"{COMPONENT}{part}": card.components[part] for part in Component if part is not Component.PATCH},
        **{f"{METRIC}{one}": _value(card, one) for one in MetricId},
        "hands": card.hands,
        "rubric_digest": card.rubric_digest,
        "phantom_digest": case.world.phantom.identity,
        "state_digest": session.state.digest,
        "versions": " ".join(f"{name}={value}" for name, value in known.items()),
        "code": known["source"],
        "mixed_code": False,
    }


def _placement(card: Scorecard) -> Row:
    placement = card.placement
    return {
        "compartment": _text(placement.compartment),
        "zone": _text(placement.zone),
        "level": _text(placement.level),
        "tip_to_target_mm": placement.tip_to_target_mm,
        "dural_margin_mm": placement.dural_margin_mm,
    }


def _dose(summary: ProcedureSummary, card: Scorecard) -> Row:
    dlp = {phase: phase_dlp_mgy_cm(summary, phase) for phase in COUNTED_PHASES}
    return {
        **{f"dlp_{phase}_mgy_cm": _rounded(value) for phase, value in dlp.items()},
        "dlp_total_mgy_cm": _rounded(sum(dlp.values())),
        "effective_dose_msv": card.dose.total.effective_dose_msv,
        "operator_usv": card.dose.total.operator_usv,
        "hand_usv": card.dose.total.hand_usv,
    }


def _patch(case: Case, session: Session, summary: ProcedureSummary, card: Scorecard) -> Row:
    injection, phantom = session.state.injection, case.world.phantom
    return {
        "blood_ml": _rounded(injection.blood_ml),
        "epidural_ml": _rounded(injection.epidural_ml),
        "levels_reached": _rounded(extent_mm(phantom, injection.injected) / level_mm(phantom)),
        "covered_share": _rounded(summary.injected[-1].covered_share if summary.injected else 0.0),
        **{name: value for name, value in asdict(card.outcome).items() if name != "next_day"},
        "next_day": "; ".join(card.outcome.next_day),
    }


def _work(session: Session, summary: ProcedureSummary, card: Scorecard) -> Row:
    minutes = _value(card, MetricId.TIME_WITH_NEEDLE)
    beam_on_ms = sum(a.beam.on_ms for a in summary.beams if a.purpose == "fluoroscopy")
    return {
        "presses": sum(1 for _ in _pressed(session)),
        "ctf_images": len(session.presses()),
        "beam_on_s": beam_on_ms / 1000.0,
        "redirects": _value(card, MetricId.REDIRECTIONS),
        "skin_punctures": _value(card, MetricId.SKIN_PUNCTURES),
        "needle_time_s": None if minutes is None else _rounded(60.0 * minutes),
        "blind_mm": _value(card, MetricId.LONGEST_BLIND_WAY),
        "advance_per_image_mm": advance_per_image_mm(summary),
        "procedure_s": session.state.elapsed_ms / 1000.0,
    }


def advance_per_image_mm(summary: ProcedureSummary) -> float | None:
    """Median net way of the needle from one image of CT fluoroscopy to the next; None where it never moved between two.

    Looks at a needle that rests, and what a new needle does before its first image, do not count.
    """
    ways: list[float] = []
    way_mm, moved, seen = 0.0, False, False
    for event in summary.events:
        if isinstance(event, NeedlePlaced):
            way_mm, moved, seen = 0.0, False, False
        elif isinstance(event, NeedleMoved):
            way_mm, moved = way_mm + event.moved_mm, True
        elif isinstance(event, AcquisitionMade) and event.purpose == "fluoroscopy":
            if seen and moved:
                ways.append(way_mm)
            way_mm, moved, seen = 0.0, False, True
    return _rounded(median(ways)) if ways else None


def _pressed(session: Session) -> Iterator[None]:
    for step in session.steps:
        if isinstance(step.command, PressPedal) and not any(isinstance(e, CommandRefused) for e in step.events):
            yield


def level_mm(phantom: Phantom) -> float:
    """Height of a level of this patient, mm."""
    heights = sorted(phantom.landmarks.interspaces[level].z_mm for level in phantom.levels)
    return median(b - a for a, b in pairwise(heights))


def _value(card: Scorecard, metric: MetricId) -> float | None:
    """A metric of the whole procedure; one that is told for each phase is added up."""
    found = [one.value for one in card.metrics if one.name is metric and one.value is not None]
    return sum(found) if found else None


def _text(word: str | None) -> str | None:
    """A word of the vocabulary as plain text, for a table."""
    return None if word is None else str(word)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0
