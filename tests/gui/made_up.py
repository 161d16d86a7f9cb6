"""A made-up procedure for the window: Views, images and a debrief, with no engine and no patient behind them.

`python -m tests.gui.made_up` draws every screen from them and prints which modules of the project were imported.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace

import numpy as np

from simulator.gui.context.session_state import StartChoice
from simulator.gui.debrief_facts import (
    AdviceLine,
    AnswerLine,
    CommandText,
    ComponentScore,
    CriticalMoment,
    DebriefFacts,
    DoseRow,
    LessonFacts,
    MetricLine,
    OtherEnd,
    TruthOverlay,
    VerdictText,
    VerdictTone,
)
from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.engine_worker.start_desk import AttemptLine, CaseCard
from simulator.gui.engine_worker.tip_drill import DrillAnswer, DrillPress, DrillRound, DrillVerdict, OpenDrill
from simulator.interface.console import Acquired, AcquiredScout, ConsoleView, DoseSoFar
from simulator.interface.dose_check import DoseCheck
from simulator.interface.dose_estimate import BeamProtocol, DosePerLoad
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.interface.frame import Frame
from simulator.interface.image_archive import ImageArchive
from simulator.interface.needle_view import NeedleHandling, NeedleLook
from simulator.interface.radiograph import Radiograph
from simulator.interface.teaching import AskedQuestion, BriefingPicture, ChecklistLine, QuestionKind, Teaching
from simulator.interface.view import CaseView, InjectionView, PatientView, View
from simulator.vocabulary.levels import Vertebra
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion, DosePhase, Phase, ScanMode
from simulator.vocabulary.scoring import MetricId
from simulator.vocabulary.structures import Structure

SCAN, PRESS = 0, 1
LINE = ((120.0, 230.0), (120.0, 280.0), (160.0, 255.0))


TEACHING = Teaching(
    goals=("Count levels from the sacrum upwards.", "Stop at the first word of pressure."),
    difficulty="usual",
    minutes=25.0,
    briefing="# Last week\n\nHeadache since Monday.\n\n- lies *down* all day\n- drinks coffee",
    pictures=(BriefingPicture(path="not-there.png", caption="MRI of the last week."),),
    prebrief="What is said here stays here.",
    prebrief_questions=("What worries you most?",),
    debrief_reactions=("How was it?",),
    debrief_analysis=("When did you know where the tip was?",),
    debrief_summary=("What will you do otherwise?",),
    questions=(
        AskedQuestion(
            words="Which sign tells most?", kind=QuestionKind.CHOICE, before=True, options=("Force.", "Contrast. " * 20)
        ),
        AskedQuestion(words="Where is the leak?", kind=QuestionKind.LEVEL_AND_SIDE, before=True),
        AskedQuestion(words="How deep is the space?", kind=QuestionKind.NUMBER, before=False, unit="mm"),
    ),
    checklist=(
        ChecklistLine(words="The needle's length is read from its box.", phase=Phase.GUIDANCE),
        ChecklistLine(words="The legs were asked for."),
    ),
)
"""What a case tells and asks, of every kind."""


def acquired(number: int, purpose: AcquisitionPurpose, slices: int) -> Acquired:
    """An entry of the console's list."""
    dose = ExposureDose(
        ctdi_vol_mgy=1.0, ctdi_phantom_cm=32, dlp_mgy_cm=1.2, k_msv_per_mgy_cm=0.015, effective_dose_msv=0.018,
        skin_entrance_mgy=2.0, operator_usv=1.0, hand_usv=5.0,
    )  # fmt: skip
    return Acquired(
        number=number,
        purpose=purpose,
        at_ms=1000 * number,
        slice_centres_table_mm=tuple(12.0 - 4.0 * k for k in range(slices)),
        slice_thickness_mm=4.0,
        settings=ExposureSettings(),
        dose=dose,
    )


def protocol(motion: BeamMotion, collimation_mm: float) -> BeamProtocol:
    """A beam of made-up dose."""
    return BeamProtocol(
        motion=motion, collimation_mm=collimation_mm, ctdi_vol_mgy_per_mas={100: 0.05, 120: 0.08},
        overranging_mm=57.0 if motion is BeamMotion.HELICAL else 0.0,
        rotation_s=0.75, feed_mm=26.84 if motion is BeamMotion.HELICAL else 0.0,
    )  # fmt: skip


def frame(slices: int) -> Frame:
    """A round body with grey values that differ from pixel to pixel."""
    rows, columns = np.mgrid[:512, :512]
    body = np.where((rows - 255) ** 2 + (columns - 255) ** 2 < 200**2, 40.0 + (rows * columns) % 97, -1000.0)
    return Frame(
        hu=np.repeat(body[None].astype(np.float32), slices, axis=0),
        z_mm=np.array([12.0 - 4.0 * k for k in range(slices)]),
        pixel_spacing_mm=0.488,
        centre_mm=(3.0, -5.0),
        exposure=ExposureSettings(),
        slice_thickness_mm=4.0,
    )


def radiograph(entry: AcquiredScout) -> Radiograph:
    """A body as wide as a hand's breadth of columns, thicker from the head to the feet."""
    low, high = entry.range_mm
    table = np.arange(high - 0.5, low, -1.0)
    across = np.linspace(200.0, -200.0, 300)
    body = np.abs(across) < 120.0
    return Radiograph(
        water_mm=(body * (200.0 + np.arange(len(table))[:, None] % 30)).astype(np.float32),
        table_mm=table,
        across_mm=across,
        plane_mm=0.0,
        orientation=entry.orientation,
        technique=entry.settings,
    )


def view() -> View:
    """A moment with the needle in the skin, blood in the syringe and words of the patient."""
    return View(
        phase=Phase.INJECTION,
        elapsed_ms=65_000,
        prepared=("patient positioned", "skin grid"),
        facts_read=(),
        refused=None,
        stands_at="shield",
        case=CaseView(
            title="A made-up patient", requested_level=None,
            request="Leak at L3/4.", accepted_approaches=("midline interlaminar",),
            levels=("L2", "L3", "L4", "L5", "S1"), needles=("20G Quincke 88 mm", "20G Quincke 120 mm"),
            prescribed_volume_ml=20.0, digital_angles=True, ideal_images=True,
        ),
        console=ConsoleView(
            settings=ExposureSettings(), tube_voltages_kv=(100, 120), tube_currents_ma=(20.0, 30.0),
            scan_arcs_deg=(360, 240), offers_hand_protection=True, planning_mas=50.0, table_mm=2.0,
            table_range_mm=(-100.0, 100.0), grid_midline_x_mm=1.0, pedal_down=False,
            acquired=(
                acquired(SCAN, AcquisitionPurpose.PLANNING, 9), acquired(PRESS, AcquisitionPurpose.FLUOROSCOPY, 3)
            ),
            dose=DoseSoFar(
                dlp_mgy_cm={"planning": 26.0, "guidance": 1.2}, ctdi_vol_mgy={"planning": 5.0}, presses=1,
                beam_on_ms=500, operator_usv=1.0, hand_usv=5.0,
            ),
            dose_phase=DosePhase.CONFIRMATION,
            dose_per_load=DosePerLoad(
                press=protocol(BeamMotion.STATIONARY, 12.0), ctdi_phantom_cm=32, k_msv_per_mgy_cm=0.015,
                scans={mode: protocol(BeamMotion(mode), 40.0) for mode in ScanMode},
                scout=protocol(BeamMotion.STATIONARY, 2.5),
            ),
            dose_check=DoseCheck(),
            level_table_mm={Vertebra(name): 60.0 - 30.0 * k for k, name in enumerate(("L2", "L3", "L4", "L5", "S1"))},
            scan_reach_mm=(-110.0, 110.0),
        ),
        images=ImageArchive("none"),
        needle=NeedleLook(
            name="20G Quincke 88 mm", length_mm=88.0, inserted_marks_mm=35.0, in_skin=True, lean_deg=12.0,
            craniocaudal_lean_deg=3.0, bevel_notch_deg=45.0, entry_from_midline_mm=-22.0, entry_from_laser_mm=2.0,
            stylet_in=False,
        ),
        handling=NeedleHandling(force_n=(1.0, 2.5, 1.2), stopped=False, hub="clear", lean_sign=1, held_by="hand"),
        patient=PatientView(words="There is pressure in my back.", words_at_ms=60_000, jerked=False, arm_line=""),
        injection=InjectionView(
            syringe_ml=12.0, syringe_contrast_ml=1.0, syringe_age_ms=200_000, injected_blood_ml=8.0, plunger="firm"
        ),
    )  # fmt: skip


def taught() -> View:
    """The same moment of a case that tells and asks something of every kind."""
    plain = view()
    return replace(plain, case=replace(plain.case, teaching=TEACHING))


def debrief() -> DebriefFacts:
    """Facts of every kind, and more exposures than there is place for."""
    dose_row = DoseRow(
        at_ms=1000, phase=DosePhase.MYELOGRAPHY, words="Planning, 64 mm",
        mas=50.0, ctdi_vol_mgy=4.0, dlp_mgy_cm=26.0, effective_dose_msv=0.4,
        counts_toward_dose=False,
    )  # fmt: skip
    return DebriefFacts(
        score=61.5,
        cap_reason=None,
        verdict=VerdictText(
            tone=VerdictTone.WARN,
            treated="treated",
            headline="Epidural.",
            sentences=("It went well.",),
            cap=("Limited.",),
        ),
        components=tuple(
            ComponentScore(
                name=name, fraction=0.6, points=15.0, most=25.0, bar_percent=100.0,
                rests_on=(("least distance from tip to dura", "1.2 mm"), ("beam time", "7 s")) * 3,
            )
            for name in ("Placement", "Safety", "Dose", "Economy", "Patch")
        ),
        advice=(
            AdviceLine(
                number=2, at_ms=1000, command=CommandText(name="advance", given=("distance 12 mm",)),
                words="Look before each of the last millimetres.", points=3.2, image=1,
            ),
            AdviceLine(
                number=1, at_ms=2000, command=CommandText(name="acquire planning scan"), words="Scan fewer levels.",
                points=1.1,
            ),
        ),
        moments=(CriticalMoment(at_ms=2000, warns=True, words="Bone stopped the needle", reasons=("30 mm of push",)),),
        metrics=(MetricLine(metric=MetricId.BEAM_TIME, name="beam time", value="3", unit="s", reference="2; n = 9"),),
        dose_rows=(
            replace(dose_row, words="Myelogram, 300 mm", mas=223.0, dlp_mgy_cm=278.61),
            replace(dose_row, words="Press 12", phase=DosePhase.CONFIRMATION, counts_toward_dose=True),
            *((dose_row,) * 38),
        ),
        dlp_by_phase={DosePhase.PLANNING: 26.0, DosePhase.GUIDANCE: 2.0},
        effective_dose_msv=0.5,
        k_msv_per_mgy_cm=0.015,
        ctdi_phantom_cm=32,
        lesson=LessonFacts(
            points=(("Contrast shows the place.", "Somebody 2014"),), advice=("Look sooner.",),
            happenings=("faint at 3.0 min: not answered",), checklist=(("The legs were asked for.", True),),
            answers=(AnswerLine(words="Where?", answer="L3/4 left", expected="L3/4, right", right=False, why="Seen."),),
        ),
        overlay=TruthOverlay(
            image=np.zeros((512, 512), np.int16), pixel_mm=0.5, z_mm=2.0, words="at the last press",
            lines=dict.fromkeys(Structure, (LINE,)), needle=(LINE,), path=(LINE,),
            presses=((1, LINE[0]),), plan=(LINE[0], LINE[1]), tip=LINE[2],
        ),
    )  # fmt: skip


def other_end(number: int) -> OtherEnd:
    """Another end from a command on, with more steps than there is place for."""
    return OtherEnd(
        number=number, at_ms=90_000, instead_of=CommandText(name="advance", given=("distance 12 mm",)),
        recorded="Epidural.", other="Treated.",
        rows=(
            ("score", "61.5 of 100", "94.0 of 100"), ("closest approach of the tip to the dura", "0.2 mm", "1.9 mm"),
            ("images of CT fluoroscopy", "3", "9"),
        ),
        steps=tuple((90_000 + 1000 * k, CommandText(name=f"step {k + 1} of the expert")) for k in range(60)),
    )  # fmt: skip


class MadeUpDrill:
    """Every third tip lies in none of the slices."""

    def press(self, number: int) -> DrillPress:
        """Three slices."""
        hu = frame(3).hu.astype(np.int16)
        return DrillPress(number=number, slices=tuple(hu), pixel_mm=0.5)

    def judge(self, number: int, answer: DrillAnswer) -> DrillVerdict:
        """As the drill judges."""
        inside = number % 3 != 2
        error = None
        if inside and answer.slice_index is not None:
            error = float(np.hypot(answer.row - 180.0, answer.column - 256.0)) * 0.5
        return DrillVerdict(
            slice_index=1 if inside else None, row=180.0, column=256.0, beyond_mm=0.0 if inside else 2.0,
            error_mm=error, right=inside == (answer.slice_index is not None),
        )  # fmt: skip


class MadeUpDesk:
    """A desk with more cases than there is place for, and attempts of two learners."""

    def cards(self) -> list[CaseCard]:
        """Thirty cases."""
        return [
            CaseCard(
                name=f"case-{k}", title=f"Case {k}: leak at L3/4", region="lumbar", level="L3/4",
                request="Orthostatic headache since a lumbar puncture. " * 5,
                difficulty="hard", goals=("count levels",),
            )
            for k in range(30)
        ]  # fmt: skip

    learner: str | None = None

    def learners(self) -> list[str]:
        """Two pseudonyms."""
        return ["r-17", "r-18"]

    def attempts(self) -> list[AttemptLine] | None:
        """One that was finished, one that was left."""
        return [
            AttemptLine(case="case-0", learner="r-17", started="2026-01-02T03:04:05", score=61.5, record="a"),
            AttemptLine(case="case-0", learner="r-17", started="2026-01-03T03:04:05", score=None, record="b"),
        ]

    def opening(self, case: str, learner: str | None) -> Opening:
        """Notes who was to be opened; nobody comes."""
        self.opened = (case, learner)
        return self.never

    def resuming(self, record: str) -> Opening:
        """Nobody is gone on with."""
        raise AssertionError

    @staticmethod
    def never(progress: object) -> object:
        """A patient who is never there."""
        while True:
            progress("building", 0.5)  # type: ignore[operator]
            time.sleep(0.01)

    def drill(self, learner: str | None, seed: int) -> OpenDrill:
        """Presses of noise, with the tip in the middle of the second slice."""
        return lambda progress: MadeUpDrill()

    def look_again(self) -> None:
        """Nothing is kept that could be old."""

    def shown(self) -> None:
        """Nothing is read behind it."""

    def drill_rounds(self, learner: str | None) -> list[DrillRound]:
        """Three rounds."""
        return [
            DrillRound(started="2026-01-02T03:04:05", seed=k, errors_mm=(4.0 - k, 5.0 - k), answers=2, wrong=0)
            for k in range(3)
        ]

    def keep_drill_round(self, learner: str | None, done: DrillRound) -> str:
        """Notes the round."""
        self.kept = (learner, done)
        return ""

    def close(self) -> None:
        """Nothing runs."""


def main() -> None:
    """Draw every screen, twice as large the second time; print the modules of the project that were needed."""
    import pygame

    from simulator.gui.app import App
    from simulator.gui.context.app_doors import ScreenName
    from simulator.gui.engine_worker.engine_worker import EngineWorker
    from simulator.interface import commands as c

    def never(progress: object) -> object:
        raise LookupError("nobody is on the table")

    worker = EngineWorker(never)  # type: ignore[arg-type]
    worker.start = lambda: None  # type: ignore[method-assign]
    app = App(worker, size=(1280, 720), desk=MadeUpDesk())
    context = app.context
    context.session.chosen = StartChoice(card=MadeUpDesk().cards()[0], learner="r-17")
    app.draw()
    context.perceived.history.take(None, taught())
    for command in (c.PlaceNeedle(), c.Advance(distance_mm=1.5), c.InjectBlood(volume_ml=8.0), c.Aspirate()):
        context.perceived.history.take(command, taught())
    for entry, slices in zip(view().console.acquired, (9, 3), strict=True):
        context.perceived.ask_for(entry)
        context.perceived.keep(entry.number, tuple(range(slices)), frame(slices))
    context.session.debrief = debrief()
    drawn = []
    for size in ((1280, 720), (2560, 1440)):
        pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
        for name in ScreenName:
            app.show(name)
            app.step()
            app.draw()
            drawn.append(pygame.surfarray.array3d(app.surface).std())
    assert min(drawn) > 1.0, "a screen is empty"
    print("\n".join(sorted(name for name in sys.modules if name.split(".")[0] in ("simulator", "phantoms", "numba"))))


if __name__ == "__main__":
    os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    main()
