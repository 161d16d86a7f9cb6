"""Scorecard shape: what a scorecard in a file must hold, field by field, for the codec that reads it."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from simulator.vocabulary.anatomy import Compartment, Side, Zone
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Approach, ComplicationKind, DosePhase, Phase
from simulator.vocabulary.scoring import Component

_Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
_Components = Annotated[dict[Component, _Fraction], Field(min_length=5)]  # the first rubric had five, this one six
_IGNORING = ConfigDict(extra="ignore")  # what else a version says of a procedure is its own


@with_config(_IGNORING)
class PlacementShape(TypedDict):
    """Where the needle stood at the first blood."""

    compartment: Compartment | None
    zone: Zone | None
    approach: Approach | None
    side: Side | None
    level: Interspace | None
    tip_to_target_mm: float | None
    dural_margin_mm: float | None


@with_config(_IGNORING)
class ComplicationShape(TypedDict):
    """One harm."""

    kind: ComplicationKind
    phase: Phase
    at_ms: int
    level: Interspace | None
    recognised: bool


@with_config(_IGNORING)
class PhaseDoseShape(TypedDict):
    """Dose of one phase."""

    acquisitions: int
    beam_on_s: float
    mas: float
    ctdi_vol_mgy: float
    ctdi_phantom_cm: int
    dlp_mgy_cm: float
    k_msv_per_mgy_cm: float
    effective_dose_msv: float
    given: NotRequired[bool]
    ssde_mgy: NotRequired[float | None]
    water_equivalent_diameter_cm: NotRequired[float | None]
    planning_scans: NotRequired[int]


@with_config(_IGNORING)
class TotalDoseShape(TypedDict):
    """Dose of all that was ordered."""

    dlp_mgy_cm_by_phantom: dict[str, float]
    effective_dose_msv: float
    ctdi_vol_max_mgy: float
    skin_entrance_mgy: float
    operator_usv: float
    hand_usv: float
    peak_skin_mgy: NotRequired[float | None]
    operator_usv_low: NotRequired[float | None]
    operator_usv_high: NotRequired[float | None]


@with_config(_IGNORING)
class DoseShape(TypedDict):
    """Dose by phase and in total."""

    by_phase: dict[DosePhase, PhaseDoseShape]
    total: TotalDoseShape


@with_config(_IGNORING)
class MetricShape(TypedDict):
    """One metric."""

    name: str
    value: float | None
    unit: str
    reference: str
    source: str
    phase: Phase | Literal["all"]
    utility: _Fraction | None


@with_config(_IGNORING)
class OutcomeShape(TypedDict):
    """How the patient fared."""

    seal_probability: float
    relief: bool
    relapse_day: NotRequired[int | None]
    relief_probability: NotRequired[_Fraction]
    second_holes: NotRequired[int]
    second_holes_covered: NotRequired[int]
    rebound_hypertension: NotRequired[bool]
    next_day: NotRequired[list[NextDayReport]]


@with_config(_IGNORING)
class ScorecardShape(TypedDict):
    """A scorecard of schema 1 or 2."""

    scenario: str
    operator: str
    seed: int
    hands: str
    rubric_digest: str
    score: Annotated[float, Field(ge=0.0, le=100.0)]
    cap_reason: str | None
    components: _Components
    weights: _Components
    placement: PlacementShape
    complications: list[ComplicationShape]
    dose: DoseShape
    metrics: list[MetricShape]
    outcome: OutcomeShape
    derived: NotRequired[list[str]]
    rightly_abandoned: NotRequired[bool]
    stopped_for: NotRequired[StopReason | None]
    rubric: NotRequired[int]
    aids: NotRequired[list[str]]
