"""Commands: what an operator can intend. The engine carries them out with the hands' error.

Angles in degrees here, for screens and files. Image coordinates: x and y in LPS millimetres, z in table millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simulator.interface.command_fields import left_out_while_none, part_done, within
from simulator.interface.gantry_command import TiltGantry as TiltGantry
from simulator.interface.myelogram_command import AcquireMyelogram as AcquireMyelogram
from simulator.interface.scout_command import AcquireScout as AcquireScout
from simulator.interface.teaching_commands import AnswerQuestion as AnswerQuestion
from simulator.interface.teaching_commands import TickChecklist as TickChecklist
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.anatomy import Laterality, Side
from simulator.vocabulary.needles import STANDARD_NEEDLE
from simulator.vocabulary.patient_facts import Question, StopReason
from simulator.vocabulary.procedure import (
    Aid,
    Approach,
    ComplicationKind,
    NeedleHold,
    OperatorPosition,
    ResistanceMedium,
    ScanMode,
)

LevelName = str
"""A `Vertebra` or an `Interspace`, both of which are texts; or a plain text, which `level_names` turns into one."""

NeedleName = str
"""A `NeedleKind`, which is a text; or a plain text, which `level_names` turns into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionPatient:
    """Lay the patient down."""

    prone: bool = True
    pillow: bool = True
    arms: Literal["above the head", "beside the body"] = "above the head"
    neck_flexion_deg: float = within(-20, 60, "deg", 0.0)
    breath_hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOut:
    """Stop and check together before anything is done; what is left out is not checked."""

    identity: bool = True
    consent: bool = True
    coagulation: bool = True
    allergy: bool = True
    level_and_side: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseTechnique:
    """Set what the next press will use; arc, protection of the hand and reduction of metal stay where left out."""

    tube_voltage_kv: int = field(metadata={"low": 80, "high": 140, "unit": "kV"})
    tube_current_ma: float = within(5, 100, "mA")
    rotation_s: float = within(0.4, 1.5, "s", 0.5)
    scan_arc_deg: int | None = field(default=None, metadata={"low": 240, "high": 360, "unit": "deg"})
    hand_protection: bool | None = None
    metal_artefact_reduction: bool | None = left_out_while_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLeak:
    """Write down where the leak is."""

    level: LevelName
    side: Laterality = Laterality.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSkinGrid:
    """Stick the radiopaque grid on the back, about a level."""

    level: LevelName


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquirePlanningScan:
    """Scan a range to plan on: helical, or sequential without over-ranging.

    The range is that of two vertebrae, or lies between two table positions, as it is drawn on a scout. Once a needle
    has been in the skin it is booked as guidance. `done_fraction`: of the irradiated length, when stopped.
    """

    levels: tuple[LevelName, LevelName] | None = None
    tube_voltage_kv: int = field(default=120, metadata={"low": 80, "high": 140, "unit": "kV"})
    mas: float = within(5, 300, "mAs", 50.0)
    slice_thickness_mm: float = within(1, 5, "mm", 3.0)
    mode: ScanMode = ScanMode.HELICAL
    between_mm: tuple[float, float] | None = left_out_while_none()
    done_fraction: float | None = part_done()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPath:
    """Draw entry and target on an image."""

    approach: Approach
    side: Side
    entry_mm: TablePoint
    target_mm: TablePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTable:
    """Bring another slice under the laser: to a table position, by a distance, or to a level."""

    to_mm: float | None = field(default=None, metadata={"low": -3000, "high": 3000, "unit": "mm"})
    by_mm: float | None = field(default=None, metadata={"low": -1000, "high": 1000, "unit": "mm"})
    level: LevelName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareSkin:
    """Disinfect and drape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectLocalAnaesthetic:
    """Numb the skin and the way in."""

    volume_ml: float = within(0.5, 20, "mL", 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseNeedle:
    """Take a needle from the tray."""

    needle: NeedleName = STANDARD_NEEDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNeedle:
    """Set the tip on the skin under the laser and lean the needle.

    The point is given by its distance from the midline of the skin grid and a side, or by its x in the images.
    With a level, the table first brings that interspace's window under the laser. A positive angle leads the tip
    to the midline (from the midline: to the patient's left); a positive craniocaudal angle leads it to the head.
    Without a side, an x decides it by the side on which it lies, and a distance is to the right.
    """

    entry_from_midline_mm: float | None = field(default=None, metadata={"low": 0, "high": 120, "unit": "mm"})
    side: Side | None = None
    entry_x_mm: float | None = field(default=None, metadata={"low": -200, "high": 200, "unit": "mm"})
    level: LevelName | None = None
    table_mm: float | None = field(default=None, metadata={"low": -3000, "high": 3000, "unit": "mm"})
    angle_deg: float = within(-60, 60, "deg", 0.0)
    craniocaudal_deg: float = within(-60, 60, "deg", 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Push the needle."""

    distance_mm: float = within(0.1, 100, "mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Pull the needle."""

    distance_mm: float = within(0.1, 130, "mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Lean the hub otherwise; signs as in PlaceNeedle, as changes."""

    angle_change_deg: float = within(-60, 60, "deg", 0.0)
    craniocaudal_change_deg: float = within(-60, 60, "deg", 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateBevel:
    """Turn the needle about its shaft."""

    angle_deg: float = within(-360, 360, "deg")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveStylet:
    """Take the stylet out and look at the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceStylet:
    """Put the stylet back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspirate:
    """Pull on a syringe at the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResistance:
    """Press on a syringe of saline or air at the hub."""

    medium: ResistanceMedium = ResistanceMedium.SALINE


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldNeedle:
    """Say what holds the needle while the beam is on."""

    held_by: NeedleHold


@dataclass(frozen=True, slots=True, kw_only=True)
class StandAt:
    """Go to a place in or out of the room."""

    place: OperatorPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class PressPedal:
    """Beam on: one rotation, or, held, one after another until ReleasePedal."""

    hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePedal:
    """Beam off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayArmLine:
    """Lay a cannula into an arm vein, from which blood will be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAt:
    """Look at slices of an acquisition, by their indices from the head down (None: all), for long enough to read them.

    An image archive sends it for who reads pixels, the window for one before whose eyes slices stood for a second.
    """

    number: int = field(metadata={"low": 0, "high": 100_000, "unit": "(number of an acquisition)"})
    slices: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawBlood:
    """Draw the patient's blood from the arm cannula; it begins to clot."""

    volume_ml: float = within(1, 60, "mL", 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixContrast:
    """Add contrast (250 mg I/mL) to the blood in the syringe."""

    volume_ml: float = within(0.1, 5, "mL", 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectContrast:
    """Inject a little contrast alone, to see where it goes."""

    volume_ml: float = within(0.1, 3, "mL", 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectBlood:
    """Inject from the syringe, slowly; with `until_cue`, no further than the patient's first word."""

    volume_ml: float = within(0.1, 60, "mL")
    rate_ml_per_s: float = within(0.02, 1.0, "mL/s", 0.3)
    until_cue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopInjection:
    """Stop and take the syringe off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPatient:
    """Ask how it feels, or after the patch whether legs and bladder are as before."""

    about: Question = Question.FEELING


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPatient:
    """Tell the patient of a complication, what it means and what follows."""

    of: ComplicationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAid:
    """Do something for a patient who reacts, or for the arm's cannula."""

    measure: Aid


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquireControlScan:
    """Scan about the current table position to see where the blood went; `done_fraction` as of a planning scan."""

    length_mm: float = within(12, 300, "mm", 80.0)
    tube_voltage_kv: int = field(default=120, metadata={"low": 80, "high": 140, "unit": "kV"})
    mas: float = within(5, 300, "mAs", 30.0)
    slice_thickness_mm: float = within(1, 5, "mm", 4.0)
    done_fraction: float | None = part_done()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAftercare:
    """Say what happens after the patch.

    Attributes:
        flat_hours: how long the patient lies flat
        head_down: whether head down (Trendelenburg) in the first minutes
        advice: no lifting, bending or straining, and when to come back (fever, weak legs, a new headache)
        next_day_call: somebody calls on the next day
    """

    flat_hours: float = within(0, 48, "h", 6.0)
    head_down: bool = False
    advice: bool = False
    next_day_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let time pass."""

    duration_s: float = within(0.1, 3600, "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """End the procedure; `stopped_for` says why, where it is stopped before it has done what it was meant to do."""

    stopped_for: StopReason | None = None


Command = (
    PositionPatient
    | TimeOut
    | ChooseTechnique
    | AcquireScout
    | AcquireMyelogram
    | MarkLeak
    | PlaceSkinGrid
    | AcquirePlanningScan
    | PlanPath
    | MoveTable
    | PrepareSkin
    | InjectLocalAnaesthetic
    | ChooseNeedle
    | PlaceNeedle
    | Advance
    | Withdraw
    | Redirect
    | RotateBevel
    | RemoveStylet
    | ReplaceStylet
    | Aspirate
    | TestResistance
    | HoldNeedle
    | StandAt
    | TiltGantry
    | PressPedal
    | ReleasePedal
    | LookAt
    | LayArmLine
    | DrawBlood
    | MixContrast
    | InjectContrast
    | InjectBlood
    | StopInjection
    | AskPatient
    | TellPatient
    | GiveAid
    | AcquireControlScan
    | OrderAftercare
    | AnswerQuestion
    | TickChecklist
    | Wait
    | Finish
)
