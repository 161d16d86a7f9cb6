"""Scorecard: everything that is said of one procedure, as types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.scoring.metric import Metric
from simulator.vocabulary.anatomy import Compartment, Side, Zone
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Approach, ComplicationKind, DosePhase, Phase
from simulator.vocabulary.scoring import CapId, Component, MetricId

SCHEMA = 2
"""Version of the scorecard's fields."""


@dataclass(frozen=True, slots=True)
class ComponentValues:
    """One number for each component of the score, 0..1, in the order of the rubric; rubric 1 had others."""

    by_component: Mapping[Component, float]

    def items(self) -> tuple[tuple[Component, float], ...]:
        """Components with their numbers, in the order of the rubric."""
        return tuple(self.by_component.items())

    def __getitem__(self, component: Component) -> float:
        """The number of one component; 0 for one that this rubric does not have."""
        return self.by_component.get(component, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFacts:
    """Where the needle stood at the first millilitre of blood; None throughout where none was given.

    Attributes:
        side: of the skin point
        tip_to_target_mm: to the target that was planned before the first puncture
        dural_margin_mm: distance from the tip to the dura, positive outside
    """

    compartment: Compartment | None
    zone: Zone | None = None
    approach: Approach | None = None
    side: Side | None = None
    level: Interspace | None
    tip_to_target_mm: float | None = None
    dural_margin_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplicationFacts:
    """One harm, when it happened, and whether it was recognised."""

    kind: ComplicationKind
    phase: Phase
    at_ms: int
    level: Interspace | None
    recognised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseDose:
    """Dose of one phase.

    Attributes:
        ctdi_vol_mgy: the largest of the phase; it is never added
        ssde_mgy: size-specific dose estimate of that acquisition, AAPM Reports 204 and 220; None in older scorecards
        water_equivalent_diameter_cm: of the patient where it was taken
        planning_scans: how many of the acquisitions were planning scans
        given: whether the scenario brought it along, so that nobody's score counts it
    """

    acquisitions: int
    beam_on_s: float
    mas: float
    ctdi_vol_mgy: float
    ctdi_phantom_cm: int
    dlp_mgy_cm: float
    k_msv_per_mgy_cm: float
    effective_dose_msv: float
    given: bool = False
    ssde_mgy: float | None = None
    water_equivalent_diameter_cm: float | None = None
    planning_scans: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDose:
    """Dose of everything that the operator ordered.

    Attributes:
        dlp_mgy_cm_by_phantom: dose-length product by the diameter of the CTDI phantom, such as "32 cm"
        skin_entrance_mgy: of CT fluoroscopy, if every press fell on the same place
        peak_skin_mgy: of the place on the skin that received most, from where presses and scans fell; None in older
            scorecards
        operator_usv_low, operator_usv_high: what the published figures allow beside `operator_usv`
    """

    dlp_mgy_cm_by_phantom: Mapping[str, float]
    effective_dose_msv: float
    ctdi_vol_max_mgy: float
    skin_entrance_mgy: float
    operator_usv: float
    hand_usv: float
    peak_skin_mgy: float | None = None
    operator_usv_low: float | None = None
    operator_usv_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLedger:
    """Dose by phase, of the phases that had any, and in total."""

    by_phase: Mapping[DosePhase, PhaseDose]
    total: TotalDose

    @property
    def ctdi_phantom_cm(self) -> int:
        """The CTDI phantom of what the operator ordered; of what was given where nothing was; 32 without any dose."""
        phases = self.in_order()
        ordered = [entry for _, entry in phases if not entry.given] or [entry for _, entry in phases]
        return ordered[0].ctdi_phantom_cm if ordered else 32

    def in_order(self) -> list[tuple[DosePhase, PhaseDose]]:
        """The phases that had any dose, in the order of a procedure."""
        return [(phase, self.by_phase[phase]) for phase in DosePhase if phase in self.by_phase]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFacts:
    """How the patient fared.

    Attributes:
        seal_probability: that the headache is gone for good, from the leak and from any hole that a needle left
        relief: whether it is gone within a day
        relapse_day: when the headache comes back; None where it does not
        relief_probability: that it is gone within a day, for good or not; 0 in cards that did not tell it
        second_holes: that needles left in the dura
        second_holes_covered: of these, how many the blood covers by half or more
        rebound_hypertension: whether the pressure within the skull is now too high
        next_day: what the patient would report to somebody who calls; to be shown to nobody else
    """

    seal_probability: float
    relief: bool
    relapse_day: int | None = None
    relief_probability: float = 0.0
    second_holes: int = 0
    second_holes_covered: int = 0
    rebound_hypertension: bool = False
    next_day: tuple[NextDayReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The score of one procedure, and all that it rests on.

    Attributes:
        scenario, operator: names to print
        seed, hands: of the run
        rubric_digest: SHA-256 of the rubric's numbers
        score: 0..100, after the caps
        caps: what limited it; one that another version knew stands in its own words
        components, weights: the parts of the score, and what each is worth
        derived: structures of the patient that were computed and not seen
        stopped_for: why it was right to give no blood; None where blood was given, or nothing forbade it
        rubric_version: 2; 1 of a scorecard that an earlier version left
        aids: what made the run easier than any real one
    """

    scenario: str
    operator: str
    seed: int
    hands: str
    rubric_digest: str
    score: float
    caps: tuple[CapId | str, ...]
    components: ComponentValues
    weights: ComponentValues
    placement: PlacementFacts
    complications: tuple[ComplicationFacts, ...]
    dose: DoseLedger
    metrics: tuple[Metric, ...]
    outcome: OutcomeFacts
    derived: tuple[str, ...] = ()
    stopped_for: StopReason | None = None
    rubric_version: int = 2
    aids: tuple[str, ...] = ()

    @property
    def rightly_abandoned(self) -> bool:
        """Whether no blood was given, and that was right."""
        return self.stopped_for is not None

    def metric(self, metric_id: MetricId) -> Metric | None:
        """A metric by its identity; the first one where there is one for each phase, None where there is none."""
        return next((metric for metric in self.metrics if metric.name is metric_id), None)

    def recognised(self) -> dict[tuple[ComplicationKind, int], bool]:
        """Whether each complication was recognised, by its kind and time in milliseconds."""
        return {(harm.kind, harm.at_ms): harm.recognised for harm in self.complications}
