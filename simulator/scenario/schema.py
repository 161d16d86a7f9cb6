"""Schema: the form of a scenario file. Unknown keys are refused; every number has its range and unit.

Here every number is plain. In a file a number or word may also be drawn (`distributions.py`); what is drawn must fit
this form too.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from phantoms.catalogue import patient_names
from simulator.scenario.difficulty_schema import RejectIf
from simulator.scenario.event_schema import EventSection
from simulator.scenario.lesson_schema import (
    Briefing,
    ChecklistItem,
    DebriefQuestions,
    Exam,
    Lesson,
    Prebrief,
    Question,
    ReferencePath,
)
from simulator.scenario.rubric_schema import RubricChanges
from simulator.scenario.sections import Section, number, optional_number, optional_text, required_text
from simulator.scenario.shipped import shipped_scenarios
from simulator.scenario.words import (
    ApproachWord,
    FactWord,
    FormatNumber,
    HandsWord,
    InjectionLevelName,
    InterspaceName,
    Kilovolt,
    LevelName,
    NeedleWord,
    PatternWord,
    RegionWord,
    ScanArc,
    ScannerWord,
    SexWord,
    SideWord,
    VertebraName,
    ZoneWord,
)
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Region
from simulator.vocabulary.needles import STANDARD_NEEDLE
from simulator.vocabulary.scanners import STANDARD_SCANNER

Milliampere = Annotated[float, Field(ge=5, le=100)]


_EXTENDS: Any = {"oneOf": [{"enum": shipped_scenarios()}, {"pattern": r"\.toml$"}]}


class Patient(Section):
    """Who is on the table: a named phantom, changed or not, or a real CT by its folder."""

    model_config = ConfigDict(
        json_schema_extra={"if": {"required": ["ct"]}, "then": {"propertyNames": {"enum": ["ct", "derived_draw"]}}}
    )

    phantom: str | None = Field(
        default=None,
        description="name in the catalogue, such as patient-2",
        json_schema_extra={"enum": list(patient_names())},
    )
    ct: str | None = Field(
        default=None, max_length=200, description="name of a CT that ships, or the folder that import-ct wrote"
    )
    derived_draw: bool | None = Field(
        default=None,
        description="of a real CT: each seed draws dura, flavum and epidural depth within the error of what is derived",
    )
    age_years: float | None = optional_number(18, 95, "years", "makes the marrow fatter and darker")
    sex: SexWord | None = Field(default=None, description="scales the bones, and the skin's depth with BMI")
    bmi_kg_per_m2: float | None = optional_number(15, 50, "kg/m2", "depth of the skin; the trunk's size grows with it")
    seed: int | None = Field(
        default=None, ge=0, le=2**31 - 1, description="of what differs between patients without a name"
    )
    lordosis_deg: float | None = optional_number(10, 50, "deg", "L1 to S1, prone over a pillow 25-30")
    kyphosis_deg: float | None = optional_number(20, 50, "deg", "T1 to T12, mean 40")
    neck_flexion_deg: float | None = optional_number(0, 20, "deg", "C2 to C7 on the table, prone 5")
    conus_levels: float | None = optional_number(-1.2, 1.6, "vertebrae", "tip of the cord below the lower third of L1")
    wear: float | None = optional_number(0, 1, "", "osteophytes, thick joints and flavum, bulging discs: none to much")
    canal_scale: float | None = optional_number(0.7, 1.15, "", "size of the bony canal; below 1 narrow from birth")
    narrow_discs: list[InterspaceName] | None = Field(
        default=None, description='interspaces with little disc, such as ["L4/5"]'
    )
    scoliosis_deg: float | None = optional_number(-25, 25, "deg", "Cobb angle, positive if convex to the left")
    scoliosis_apex: VertebraName | None = Field(
        default=None, description="vertebra about which a scoliotic spine bends, L2"
    )
    laminectomy: list[VertebraName] | None = Field(
        default=None, description='vertebrae whose laminae an operation took, such as ["L4"]'
    )
    pedicle_screws: list[VertebraName] | None = Field(
        default=None, description='neighbours joined by titanium screws and rods, from the head down: ["L4", "L5"]'
    )
    sacralised_l5: bool | None = Field(
        default=None, description="L5 has grown into the sacrum: who counts from the lowest free disc is one level off"
    )
    sixth_lumbar: bool | None = Field(
        default=None, description="there is an L6: who counts from the sacrum is one level off"
    )
    lateral_bow_mm: float | None = optional_number(-8, 8, "mm", "sideways bow of the spine")
    sac_scale: float | None = optional_number(0.7, 1.15, "", "size of the dural sac; below 1 where CSF is lost")
    body_half_width_mm: float | None = optional_number(110, 235, "mm", "of the trunk; from the BMI if left out")
    body_half_depth_mm: float | None = optional_number(70, 170, "mm", "of the trunk; from the BMI if left out")
    whole_spine: bool | None = Field(default=None, description="C1 to S1 is shown, not the region alone; takes longer")
    muscle_fat: float | None = optional_number(0, 1, "", "marbling of the back muscles")

    @model_validator(mode="after")
    def _check_exactly_one(self) -> Patient:
        if (self.phantom is None) == (self.ct is None):
            raise ValueError("give either phantom or ct: one of the two")
        changed = [name for name in self.changes() if self.ct is not None]
        if changed:
            raise ValueError(f"{', '.join(changed)} can change a phantom, and no real CT: leave that out")
        return self

    def changes(self) -> dict[str, Any]:
        """What the scenario sets on top of the catalogue's patient."""
        set_here = self.model_dump(exclude={"phantom", "ct", "derived_draw"})
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in set_here.items()
            if value is not None
        }


RING_AMOUNTS = ("extent_levels", "septa", "asymmetry", "sleeve_mm")
"""Of a leak: what a ring alone has."""

AMOUNTS = ("thickness_mm", "reach_mm", "iodine_ratio", *RING_AMOUNTS)


class Leak(Section):
    """Where the leak is, and what is right for it."""

    level: InterspaceName = Field(description='interspace, such as "L3/4"')
    side: SideWord = Field(default=Laterality.BOTH, description="of the hole")
    pattern: PatternWord = Field(
        default=LeakPattern.CIRCUMFERENTIAL,
        description="an epidural ring, fluid along a root, a faint blush in its axilla, a pool before the sac, or a "
        "root's sleeve that runs into a vein, which no blood closes",
    )
    thickness_mm: float | None = optional_number(
        1.5, 6, "mm", "of the fluid at the hole: ring or before the sac 2-5, root 3-6, blush 2-4"
    )
    extent_levels: float | None = optional_number(
        0.5, 11, "levels", "length of a ring, median 4, or of a pool before the sac"
    )
    reach_mm: float | None = optional_number(
        8, 30, "mm", "how far a root-sleeve leak, or a vein, runs to the side, 15-30"
    )
    iodine_ratio: float | None = optional_number(
        0.05, 1, "", "contrast at the hole against the sac's: ring or before the sac 0.5-1, root 0.4-0.9, blush 0.1-0.3"
    )
    septa: int | None = Field(default=None, ge=0, le=6, description="that part a ring across, 0-6")
    asymmetry: float | None = optional_number(
        0, 1, "", "how much more of a ring lies beside the sac on the leak's side"
    )
    sleeve_mm: float | None = optional_number(0, 25, "mm", "how far a ring runs along the roots within it")
    uneven: bool | None = Field(
        default=None, description="whether septa, asymmetry and sleeve_mm of a ring are drawn from the patient's seed"
    )
    approaches: list[ApproachWord] = Field(
        default=[], description="right ways in, shown to the operator; empty: those that suit the leak"
    )
    zones: list[ZoneWord] = Field(
        default=[], description="where the bevel may lie when the blood comes; empty: those that suit the leak"
    )
    needle_levels: list[InterspaceName] | None = Field(
        default=None,
        description="accepted interspaces; left out: the leak's own, or C7/T1 where that offers no target; "
        "empty: none is right, and to give no blood is",
    )
    may_abandon: bool | None = Field(
        default=None, description="whether to give no blood is right; left out: where the leak offers no target"
    )

    def amounts(self) -> dict[str, float]:
        """Thickness, extent, reach and iodine where the scenario sets them."""
        given = self.model_dump(include=set(AMOUNTS))
        return {name: value for name, value in given.items() if value is not None}


class FurtherLeak(Section):
    """A second ring about the sac of the same patient, treated in the same sitting."""

    level: InterspaceName = Field(description='interspace, such as "L3/4"')
    side: SideWord = Field(default=Laterality.BOTH, description="of the hole")
    thickness_mm: float = number(3.5, 1.5, 6, "mm", "of the fluid at the hole")
    extent_levels: float = number(2.0, 0.5, 11, "levels", "length of the ring")
    iodine_ratio: float = number(0.75, 0.3, 1, "", "contrast at the hole against the sac's")


class PunctureSiteSection(Section):
    """Contrast outside the dura where the myelogram was injected: it looks like a leak and is none."""

    level: InterspaceName = Field(description='interspace that was punctured, such as "L4/5"')
    thickness_mm: float = number(3.0, 0.5, 6, "mm", "behind the sac")
    extent_levels: float = number(1.0, 0.3, 4, "levels", "its length; longer than one in 4-7 % of myelographies")
    iodine_ratio: float = number(0.9, 0.3, 1, "", "its contrast against the sac's")


class Myelogram(Section):
    """The CT myelogram that comes with the patient; without it there is no contrast in the sac."""

    levels: Annotated[list[LevelName], Field(min_length=2, max_length=2, description="first and last level shown")]
    mas: float = number(223.0, 5, 400, "mAs", "tube load")
    slice_thickness_mm: float = number(1.5, 0.6, 5, "mm", "of its slices; reformats need thin ones")
    volume_ml: float | None = optional_number(5, 25, "mL", "of contrast injected into the sac, 15")
    concentration_mg_per_ml: float | None = optional_number(100, 300, "mg/mL", "iodine in it, 250")
    injection_level: InjectionLevelName | None = Field(default=None, description="where it was injected")
    turns: float | None = optional_number(0, 40, "", "of the patient while it mixes: every 3 min for 30 min are 10")
    hours_to_patch: float | None = optional_number(0, 12, "h", "from the injection to the needle, 3 +- 2")
    remaining_at_3_h: float | None = optional_number(0.1, 1, "", "part that is left after three hours, 0.6-1")
    settling: float | None = optional_number(0, 0.5, "", "how much denser it is at the sac's front, prone")
    puncture_site: PunctureSiteSection | None = Field(default=None, description="a false leak, 28 % of myelographies")


class Console(Section):
    """What the scanner's console offers."""

    preset: ScannerWord = Field(default=STANDARD_SCANNER, description="the class of scanner that stands in the room")
    tube_voltages_kv: list[Kilovolt] = Field(
        default=[80, 100, 120, 140], min_length=1, description="that fluoroscopy offers, kV"
    )
    tube_currents_ma: list[Milliampere] = Field(
        default=[10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0], min_length=1, description="that fluoroscopy offers, mA"
    )
    preset_tube_voltage_kv: Kilovolt = Field(default=120, description="what fluoroscopy is set to at the start, kV")
    preset_tube_current_ma: Milliampere = Field(default=30.0, description="what fluoroscopy is set to, mA")
    preset_rotation_s: float = number(0.5, 0.4, 1.5, "s", "what fluoroscopy is set to")
    scan_arcs_deg: list[ScanArc] = Field(
        default=[360, 240], min_length=1, description="of fluoroscopy: a whole turn, or a partial scan of 240 degrees"
    )
    hand_protection: bool = Field(
        default=True, description="whether the beam can be off while the tube is over the operator's hand"
    )
    metal_artefact_reduction: bool = Field(
        default=True, description="whether a press can be made again without what lies behind metal"
    )
    preset_scan_arc_deg: ScanArc = Field(default=360, description="what fluoroscopy is set to at the start, deg")
    preset_hand_protection: bool = Field(default=False, description="what fluoroscopy is set to at the start")
    preset_metal_artefact_reduction: bool = Field(default=False, description="what fluoroscopy is set to at the start")
    planning_mas: float = number(50.0, 5, 300, "mAs", "tube load of the planning scan's protocol")
    planning_scan_prescribed: bool = Field(
        default=True, description="a planning scan with the paper's 50 mAs at 120 kV is prescribed"
    )
    dose_notification_ctdi_vol_mgy: float | None = optional_number(
        0.1, 2000, "mGy", "dose check: the console tells before one beam that would pass it"
    )
    dose_notification_dlp_mgy_cm: float | None = optional_number(
        0.1, 20_000, "mGy cm", "dose check: the console tells before one beam that would pass it"
    )
    dose_alert_ctdi_vol_mgy: float | None = optional_number(
        0.1, 2000, "mGy", "dose check: the console tells before a beam with which one place would pass it"
    )
    dose_alert_dlp_mgy_cm: float | None = optional_number(
        0.1, 20_000, "mGy cm", "dose check: the console tells before a beam with which the procedure would pass it"
    )


class NeedleSection(Section):
    """What lies on the tray."""

    tray: list[NeedleWord] = Field(
        default=[STANDARD_NEEDLE],
        min_length=1,
        max_length=20,
        description="needles, each once; the first is taken unless one is chosen",
        json_schema_extra={"uniqueItems": True},
    )


class HandsSection(Section):
    """How well hands do what they intend."""

    kind: HandsWord = Field(
        default="default", description="freehand, with a laser guide, or hands that never miss a patient who lies still"
    )


class FactSection(Section):
    """A fact of the chart that a time-out can bring to light: it can be caught, missed and scored."""

    kind: FactWord = Field(description="what it is about")
    words: str = required_text(300, "as the chart has it")
    in_chart: bool = Field(default=False, description="it stands in the request and is seen from the start")
    stops: bool = Field(default=False, description="the procedure must not begin with it")


class Limits(Section):
    """Where the procedure ends."""

    blood_ml: float = number(16.0, 1, 40, "mL", "volume that may be injected without a cue")
    minutes: float = number(60.0, 5, 240, "min", "when the room is needed again")


class Help(Section):
    """What makes it easier."""

    digital_angles: bool = Field(default=False, description="an angle meter on the hub, instead of judging by eye")
    ideal_images: bool = Field(
        default=False, description="needles throw no streaks, as on no real scanner; every report says so"
    )


class Text(Section):
    """What the operator reads."""

    request: str = Field(
        min_length=1, max_length=2000, description="of the referring doctor; {level} becomes the leak's level"
    )


class LaterLeak(Leak):
    """The leak of a later session, in which nothing is drawn."""


class LaterPunctureSite(PunctureSiteSection):
    """A false leak of a later myelogram, in which nothing is drawn."""


class LaterMyelogram(Myelogram):
    """The myelogram of a later session, in which nothing is drawn."""

    puncture_site: LaterPunctureSite | None = Field(default=None, description="a false leak, 28 % of myelographies")


class Stage(Section):
    """A later session of the same patient; what is left out stays as it is in the first."""

    title: str = required_text(200, "of the session; {level} becomes the leak's level")
    days_later: float = number(2.0, 0, 365, "days", "after the session before")
    request: str | None = optional_text(2000, "of the referring doctor; {level} becomes the leak's level")
    blood_ml: float | None = optional_number(1, 40, "mL", "volume that may be injected without a cue")
    leak: LaterLeak | None = Field(default=None, description="the leak of this session, in place of the first one")
    myelogram: LaterMyelogram | None = Field(default=None, description="the new myelogram, in place of the first one")


class Scenario(Section):
    """One scenario file."""

    model_config = ConfigDict(title="A case of the CT-fluoroscopy simulator")

    format: FormatNumber = Field(description="version of this form")
    title: str = Field(min_length=1, max_length=200, description="of the case; {level} becomes the leak's level")
    extends: str | None = Field(
        default=None,
        description="a scenario whose keys count where this file has none: a name that ships, or a .toml path",
        json_schema_extra=_EXTENDS,
    )
    region: RegionWord = Field(
        default=Region.LUMBAR, description="decides the conversion from dose-length product to dose"
    )
    patient: Patient = Field(description="who is on the table")
    leak: Leak = Field(description="where the leak is, and what is right for it")
    further_leak: FurtherLeak | None = Field(default=None, description="a second leak at another level")
    myelogram: Myelogram | None = Field(
        default=None, description="the CT myelogram that comes along; left out: nobody gave contrast"
    )
    scanner: Console = Field(default_factory=Console, description="what the scanner's console offers")
    needle: NeedleSection = Field(default_factory=NeedleSection, description="what lies on the tray")
    hands: HandsSection = Field(default_factory=HandsSection, description="how well hands do what they intend")
    limits: Limits = Field(default_factory=Limits, description="where the procedure ends")
    help: Help = Field(default_factory=Help, description="what makes it easier")
    event: list[EventSection] = Field(default=[], max_length=20, description="what happens by script")
    fact: list[FactSection] = Field(default=[], max_length=20, description="what is known of the patient")
    rubric: RubricChanges = Field(default_factory=RubricChanges, description="numbers of the rubric that it replaces")
    text: Text = Field(description="what the operator reads")
    lesson: Lesson | None = Field(default=None, description="what the case is for")
    briefing: Briefing | None = Field(default=None, description="what is read before it")
    prebrief: Prebrief | None = Field(default=None, description="what is agreed on before it")
    debrief: DebriefQuestions | None = Field(default=None, description="what is asked after it, in three phases")
    question: list[Question] = Field(default=[], max_length=20, description="questions with a right answer")
    checklist: list[ChecklistItem] = Field(default=[], max_length=30, description="what the learner ticks")
    stage: list[Stage] = Field(default=[], max_length=4, description="later sessions of the same patient")
    exam: Exam | None = Field(default=None, description="the case as an examination")
    path: ReferencePath | None = Field(default=None, description="the teacher's path, which the preview draws")
    reject_if: RejectIf = Field(
        default_factory=RejectIf, description="a drawn patient beyond these bounds is drawn anew"
    )
