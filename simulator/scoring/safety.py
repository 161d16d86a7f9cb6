"""Safety: how near the tip came to what it must not touch."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility
from simulator.vocabulary.procedure import ComplicationKind

INFECTION_PERCENT_PER_PASS = 0.02  # assumption: infections are below 0.1 % of patches (reference, section 5)
HALF_DEPTH = "half the local epidural depth"


def safety_metrics(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Margin to the dura, contacts, dwell at critical structures, passes."""
    margin, reference_mm = dural_margin(course, rubric)
    contacts = _if_punctured(course, course.count(e.DuraTouched))
    bone = _if_punctured(course, course.count(e.BoneContacted))
    dwell = _if_punctured(course, critical_dwell_s(course))
    combined = None if dwell is None or bone is None else dwell + bone / 2
    return [
        Metric(
            name="least distance from tip to dura",
            value=margin,
            unit="mm",
            reference=HALF_DEPTH if reference_mm is None else f"{reference_mm:.1f} ({HALF_DEPTH})",
            source="rubric 1",
            utility=_margin_utility(margin, reference_mm),
        ),
        Metric(
            name="dura contacts",
            value=contacts,
            unit="",
            reference="0.37 expert, 0.58 novice",
            source="TU-Delft epidural simulator, RAPM 44:298",
            utility=None if contacts is None else utility(contacts, rubric.dura_contacts),
        ),
        Metric(
            name="dwell at critical structures, and half a second for each bone contact",
            value=combined,
            unit="s",
            reference=f"0 expert, {rubric.critical_s.poor:g} poor",
            source="no-go dwell discriminates (Johnson, p = .008)",
            utility=None if combined is None else utility(combined, rubric.critical_s),
        ),
        Metric(name="bone contacts", value=bone, unit="", reference="part of the line above", source="rubric 1"),
        Metric(
            name="dural punctures",
            value=_if_punctured(course, complications(course, ComplicationKind.DURAL_PUNCTURE)),
            unit="",
            reference="1.4 % of cervical CTF epidurals (0.9-2.4)",
            source="AJR 2017;209:656",
        ),
        Metric(
            name="risk of infection by passes",
            value=_if_punctured(course, infection_percent(course)),
            unit="%",
            reference="below 0.1 of patches (from memory); 0.02 for each skin puncture is an assumption",
            source="assumption; reported, never scored",
        ),
    ]


def infection_percent(course: ProcedureSummary) -> float:
    """Risk of infection by the number of skin punctures, percent; an assumption that no score knows."""
    return INFECTION_PERCENT_PER_PASS * course.count(e.SkinPunctured)


def dural_margin(course: ProcedureSummary, rubric: Rubric) -> tuple[float | None, float | None]:
    """Least signed tip-to-dura distance while near the dura, and half the epidural depth there, mm."""
    near = [move for move in course.moves if move.least_dura_mm <= rubric.near_dura_mm]
    if not near:
        return None, None
    closest = min(near, key=lambda move: move.least_dura_mm)
    return closest.least_dura_mm, 0.5 * closest.local_depth_mm


def critical_dwell_s(course: ProcedureSummary) -> float:
    """Time that the tip stood at cord, root or vessel, or inside the dura, s."""
    total_ms = 0
    since: int | None = None
    for event in course.events:
        if since is not None and isinstance(event, e.NeedleMoved | e.NeedleRemoved | e.Finished):
            total_ms += event.at_ms - since
            since = None
        if isinstance(event, e.NeedleMoved) and event.critical:
            since = event.at_ms
    return total_ms / 1000.0


def complications(course: ProcedureSummary, kind: ComplicationKind) -> int:
    """How often a complication happened."""
    return sum(isinstance(event, e.Complication) and event.kind == kind for event in course.events)


def safety_component(course: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 margin + 0.25 contacts + 0.25 dwell; 0 if the bevel never reached an accepted zone."""
    if course.punctured_ms is None or not course.reached_zone:
        return 0.0
    return safety_share(course, rubric)


def safety_share(course: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 margin + 0.25 contacts + 0.25 dwell, wherever the bevel came; far from the dura the margin is whole."""
    margin, reference_mm = dural_margin(course, rubric)
    dwell = critical_dwell_s(course) + course.count(e.BoneContacted) / 2
    kept = 1.0 if margin is None else _margin_utility(margin, reference_mm) or 0.0
    return (
        0.5 * kept
        + 0.25 * utility(course.count(e.DuraTouched), rubric.dura_contacts)
        + 0.25 * utility(dwell, rubric.critical_s)
    )


def _margin_utility(margin: float | None, reference_mm: float | None) -> float | None:
    if margin is None or not reference_mm:
        return None
    return min(max(margin / reference_mm, 0.0), 1.0)


def _if_punctured(course: ProcedureSummary, value: float) -> float | None:
    return None if course.punctured_ms is None else float(value)
