"""Procedures of hand-made events in the patient of tubes: a good one, and what changes in it for each rule.

The needle comes straight from behind along x = z = 0. The flavum begins at y = 14 mm, the dura at y = 7 mm, and a push
counts as near the dura from y = 18 mm on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.events import Beam, Scene, Slices
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.needle.needle_shape import NeedleShape
from simulator.patient.outcome import SEALED_AT_BEST
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.spatial.frames import AT_REST, PatientDirection, PatientPoint, TablePoint
from simulator.vocabulary.anatomy import Compartment, Zone
from simulator.vocabulary.patient_facts import Question, TimeOutItem
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase
from tests.unit.report_patient import DURA_MM, SKIN_Y_MM, tube_phantom, tube_world

STRAIGHT = PatientDirection(0.0, -1.0, 0.0)
GOOD_TIP_MM = 9.0
Change = Callable[[e.Event], e.Event | None]


@cache
def tubes() -> CaseContext:
    """The patient of tubes, built once."""
    return tube_world(tube_phantom())


class HandMade:
    """Events one after another, with a clock, a needle and numbers of acquisitions."""

    def __init__(self, world: CaseContext | None = None) -> None:
        self.world = tubes() if world is None else world
        self.events: list[e.Event] = []
        self.ms = 0
        self.tip_mm = SKIN_Y_MM
        self.given_ml = 0.0
        self._images = 0

    def add(self, kind: type[e.Event], *, after_s: float = 1.0, **fields: Any) -> None:
        """One event, some time after the last."""
        self.ms += round(1000.0 * after_s)
        self.events.append(kind(at_ms=self.ms, **fields))

    def steps(self, *names: str) -> None:
        for name in names:
            self.add(e.PreparationDone, step=name)

    def time_out(self, *items: TimeOutItem) -> None:
        self.add(e.TimeOutHeld, checked=items or tuple(TimeOutItem), facts=())

    def image(self, purpose: AcquisitionPurpose, phase: DosePhase, *, dlp: float, look: bool = True) -> int:
        """An acquisition of three slices about z = 0, the tip in the middle one; returns its number."""
        number, self._images = self._images, self._images + 1
        zero = self.world.table_zero_mm
        placed = any(isinstance(event, e.NeedlePlaced) for event in self.events)
        points = (PatientPoint(0.0, self.tip_mm, 0.0), PatientPoint(0.0, self.tip_mm + 88.0, 0.0))
        needle = NeedleShape(points_mm=points, outer_diameter_mm=0.9, bore_diameter_mm=0.6, stylet_in=True)
        dose = ExposureDose(
            ctdi_vol_mgy=1.0,
            ctdi_phantom_cm=32,
            dlp_mgy_cm=dlp,
            k_msv_per_mgy_cm=0.015,
            effective_dose_msv=0.015 * dlp,
            skin_entrance_mgy=1.0,
            operator_usv=0.0,
            hand_usv=0.0,
        )
        self.add(
            e.AcquisitionMade,
            number=number,
            purpose=purpose,
            dose_phase=phase,
            settings=ExposureSettings(),
            slices=Slices(centres_table_mm=(zero + 4.0, zero, zero - 4.0), thickness_mm=4.0),
            beam=Beam(mas=15.0, on_ms=500, scan_length_mm=12.0),
            scene=Scene(
                needle=needle if placed else None, introducer=None, patient_displacement_mm=AT_REST, patch_revision=0
            ),
            dose=dose,
            counts_toward_dose=True,
        )
        if look:
            self.look(number)
        return number

    def press(self, *, look: bool = True) -> int:
        return self.image(AcquisitionPurpose.FLUOROSCOPY, DosePhase.GUIDANCE, dlp=0.4, look=look)

    def look(self, number: int, slices: tuple[int, ...] = (0, 1, 2)) -> None:
        self.add(e.ImageLookedAt, number=number, slices=slices)

    def push(self, way_mm: float, **fields: Any) -> None:
        """A push, or a pull where it is negative, that goes as far as it was told."""
        self.tip_mm -= way_mm
        dura_mm = self.tip_mm - DURA_MM
        inside = dura_mm < 0.0
        epidural = 0.0 <= dura_mm < 4.0
        given: dict[str, Any] = {
            "commanded_mm": way_mm,
            "moved_mm": way_mm,
            "tip_mm": PatientPoint(0.0, self.tip_mm, 0.0),
            "direction": STRAIGHT,
            "inserted_mm": SKIN_Y_MM - self.tip_mm,
            "dura_mm": dura_mm,
            "least_dura_mm": dura_mm,
            "local_depth_mm": 4.0,
            "neural_mm": 10.0,
            "layer": "",
            "compartment": Compartment.INTRATHECAL
            if inside
            else Compartment.EPIDURAL
            if epidural
            else Compartment.SOFT_TISSUE,
            "zone": Zone.DORSAL if epidural else None,
            "level": "L3/4",
            "critical": inside,
            "force_n": (),
            "stopped_by": None,
        }
        self.add(e.NeedleMoved, **{**given, **fields})

    def go(self, to_mm: float, *, step_mm: float = 3.0) -> None:
        """Push to a height behind the canal, with a press and a look after each step from y = 18 mm on."""
        if self.tip_mm > 18.0:
            self.push(self.tip_mm - max(18.0, to_mm))
            self.press()
        while self.tip_mm > to_mm + 1e-9:
            self.push(min(step_mm, self.tip_mm - to_mm))
            self.press()

    def begin(self) -> None:
        """Everything before the needle, and the needle on the skin and through it."""
        self.add(e.ArmLineLaid)
        self.steps("patient positioned", "time-out")
        self.time_out()
        self.image(AcquisitionPurpose.PLANNING, DosePhase.PLANNING, dlp=20.0)
        zero = self.world.table_zero_mm
        self.add(
            e.PathPlanned,
            approach="midline interlaminar",
            side="right",
            entry_mm=TablePoint(0.0, SKIN_Y_MM, zero),
            target_mm=TablePoint(0.0, GOOD_TIP_MM, zero),
        )
        self.steps("skin prepared", "local anaesthetic")
        entry = PatientPoint(0.0, SKIN_Y_MM, 0.0)
        self.add(e.NeedlePlaced, entry_mm=entry, direction=STRAIGHT)
        self.add(e.SkinPunctured, entry_mm=entry)

    def blood(self, portions: int = 8, *, drawn: bool = True, **fields: Any) -> None:
        """Aspirated, drawn and given, a millilitre at a time; the last portions cover the leak."""
        if drawn:
            self.add(e.StyletMoved, stylet_in=False, drip="nothing")
            self.add(e.Aspirated, came="nothing")
            self.add(e.BloodDrawn, volume_ml=20.0)
        tip = PatientPoint(0.0, self.tip_mm, 0.0)
        for _ in range(portions):
            self.given_ml += fields.get("volume_ml", 1.0)
            given: dict[str, Any] = {
                "material": "blood",
                "volume_ml": 1.0,
                "opening_mm": tip,
                "tip_mm": tip,
                "dura_mm": self.tip_mm - DURA_MM,
                "compartment": Compartment.EPIDURAL,
                "zone": Zone.DORSAL,
                "level": "L3/4",
                "pressure_kpa": 1.0,
                "total_blood_ml": self.given_ml,
                "feeling": "nothing",
                "covered_share": min(self.given_ml / 6.0, 1.0),
                "revision": 1,
            }
            self.add(e.MaterialInjected, after_s=3.0, **{**given, **fields})

    def end(self, **fields: Any) -> None:
        """A control scan that is looked at, legs and bladder, aftercare, the end."""
        self.add(e.NeedleRemoved)
        if self.given_ml:
            self.image(AcquisitionPurpose.CONTROL, DosePhase.CONFIRMATION, dlp=10.0)
            said = {"feeling": "nothing", "words": "as before", "asked": True, "about": Question.LEGS_AND_BLADDER}
            self.add(e.PatientSpoke, **said)
            self.add(e.AftercareOrdered, flat_hours=2.0, advice=True, next_day_call=True)
        treated = self.given_ml > 0.0
        given = {"treated": treated, "seal_probability": SEALED_AT_BEST if treated else 0.0, "relief": treated}
        self.add(e.Finished, **{**given, **fields})

    def card(self, rubric: Rubric | None = None) -> Scorecard:
        return card_of(self.world, self.events, rubric)


def card_of(world: CaseContext, events: Sequence[e.Event], rubric: Rubric | None = None) -> Scorecard:
    """The scorecard of events."""
    return score_procedure(world, events, rubric or Rubric(), scenario="tubes", operator="test")


def good(world: CaseContext | None = None) -> HandMade:
    """A procedure in which nothing is to be found fault with."""
    made = HandMade(world)
    made.begin()
    made.go(GOOD_TIP_MM)
    made.blood()
    made.end()
    return made


def changed(made: HandMade, kind: type[e.Event], change: Change) -> HandMade:
    """The same procedure with the events of one kind changed, or left out where the change gives None."""
    found = [change(event) if isinstance(event, kind) else event for event in made.events]
    made.events = [event for event in found if event is not None]
    return made


def left_out(made: HandMade, kind: type[e.Event], **like: Any) -> HandMade:
    """The same procedure without the events of one kind whose fields are like these."""
    before = len(made.events)
    result = changed(
        made, kind, lambda event: None if all(getattr(event, key) == value for key, value in like.items()) else event
    )
    assert len(result.events) < before, "there is something to leave out"
    return result


def fields_changed(made: HandMade, kind: type[e.Event], **fields: Any) -> HandMade:
    """The same procedure with fields of every event of one kind changed."""
    return changed(made, kind, lambda event: replace(event, **fields))
