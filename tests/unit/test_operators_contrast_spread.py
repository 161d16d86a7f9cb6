"""Where an injection went, read from drawn pictures, and what an operator does about it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.operators.contrast_confirmed_injection import LOOKS_ML, MOST_TESTS, TEST_ML, inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import AbandonError
from simulator.operators.perception.contrast_spread import classify_spread, washes_out
from simulator.operators.perception.press_subtraction import subtract_presses
from simulator.operators.perception.sac_outline import SacOutline, outline_sac_by_brightness, outline_sac_with_plan
from simulator.vocabulary.procedure import ComplicationKind

PIXEL_MM, MIDDLE, ROW = 0.5, 255.5, 230.0
SAC_MM = (7.0, 8.2)  # half depth, half width
EXPOSURE = ExposureSettings()
ROWS, COLUMNS = np.indices((512, 512))
Z_MM = np.array([504.0, 500.0, 496.0])


def ellipse(back_mm: float, left_mm: float, half_rows_mm: float, half_columns_mm: float) -> np.ndarray:
    """An ellipse about a point so far behind and to the left of the sac's middle."""
    down = (ROWS - ROW) * PIXEL_MM + back_mm
    across = (COLUMNS - MIDDLE) * PIXEL_MM + left_mm
    return np.hypot(down / half_rows_mm, across / half_columns_mm) < 1.0


SAC = ellipse(0.0, 0.0, *SAC_MM)
CAP = ellipse(4.0, 1.0, 6.5, 7.5) & ~SAC
FILM = ellipse(0.0, 0.0, 6.5, 7.7) & ~ellipse(0.0, 0.0, 5.3, 6.5) & (ROWS < ROW)
POOL = SAC & (ROWS > ROW + 1.0 / PIXEL_MM)
FILLED = ellipse(0.0, 0.0, 6.0, 6.0)
THREAD = np.abs(np.hypot((ROWS - ROW) * PIXEL_MM, (COLUMNS - MIDDLE) * PIXEL_MM) - 10.5) < 0.8
THREAD &= (COLUMNS > MIDDLE) & (ROWS < ROW + 8.0)
BLOB = ellipse(26.0, 12.0, 6.0, 6.0)
NOTHING = np.zeros_like(SAC)


def press(*, added: np.ndarray = NOTHING, hu: float = 900.0, seed: int = 1, down: float = 0.0) -> Frame:
    """Muscle, two laminae, an opacified sac in fat, a needle, and what was injected; noise as of 15 mAs."""
    image = np.where(ROWS < 60, -1000.0, 50.0)
    image[ellipse(1.0, 0.0, 10.0, 11.0)] = -80.0
    image[SAC] = 900.0
    for side in (-13.0, 13.0):
        image[ellipse(9.0, side, 5.0, 3.0)] = 700.0
    image[(np.abs(COLUMNS - MIDDLE + 0.2 * (ROWS - ROW + 18.0)) < 1.5) & (ROWS < ROW - 18.0) & (ROWS > 60)] += 800.0
    slices = np.repeat(image[None], 3, axis=0)
    slices[1:2] += np.where(added, hu, 0.0)
    if added is not THREAD:  # a vein runs through one slice, what fills a space through all
        slices[::2] += np.where(added, hu, 0.0)
    slices += np.random.default_rng(seed).normal(0.0, 36.0, slices.shape)
    return Frame(
        hu=slices.astype(np.float32),
        z_mm=Z_MM,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, down),
        exposure=EXPOSURE,
        slice_thickness_mm=4.0,
    )


@pytest.fixture(scope="module")
def canal() -> SacOutline:
    seen = outline_sac_by_brightness(press(), MIDDLE)
    assert seen is not None
    return seen


def test_the_sac_is_measured_beside_a_needle(canal: SacOutline) -> None:
    assert canal.row == pytest.approx(ROW, abs=1.0 / PIXEL_MM)
    assert canal.column == pytest.approx(MIDDLE, abs=1.0 / PIXEL_MM)
    assert canal.half_depth * PIXEL_MM == pytest.approx(SAC_MM[0], abs=0.8)
    assert canal.half_width * PIXEL_MM == pytest.approx(SAC_MM[1], abs=0.8)
    assert outline_sac_by_brightness(press(), MIDDLE + 60.0) is None, "not on the midline"


@pytest.mark.parametrize(
    ("added", "hu", "kind"),
    [
        (CAP, 900.0, "epidural"),
        (CAP, -250.0, "epidural"),  # a mixture in a dense collection is darker
        (FILLED, 900.0, "intrathecal"),
        (POOL, 500.0, "intrathecal"),  # sunk to the front
        (FILM, 1200.0, "subdural"),
        (THREAD, 700.0, "thread"),
        (BLOB, 900.0, "muscular"),
        (NOTHING, 0.0, "absent"),
    ],
    ids=["cap", "dark cap", "filled sac", "pool", "film", "thread", "blob", "nothing"],
)
def test_shape_and_not_brightness_tells_the_compartment(
    canal: SacOutline, added: np.ndarray, hu: float, kind: str
) -> None:
    seen = classify_spread(press(), press(added=added, hu=hu, seed=2), canal)
    assert seen.pattern == kind, seen


RING = ellipse(0.0, 0.0, 9.0, 11.0) & ~ellipse(0.0, 0.0, 5.2, 6.5)
"""What changes as blood takes the place of a collection all round: a part of it lies in an outline that is too wide."""


def test_a_ring_that_changes_all_round_is_not_in_the_sac(canal: SacOutline) -> None:
    seen = classify_spread(
        press(), press(added=RING, hu=-300.0, seed=2), replace(canal, half_width=18.7, half_depth=15.6)
    )
    assert 0.45 < seen.in_sac < 0.55
    assert seen.pattern == "epidural", seen


def test_a_collection_that_is_taken_for_sac_is_none(canal: SacOutline) -> None:
    """Most of it lies in an outline that takes the collection in, about its middle, but nothing in its core."""
    wide = replace(canal, half_width=22.5, half_depth=19.5)
    seen = classify_spread(press(), press(added=RING, hu=-300.0, seed=2), wide)
    assert seen.in_sac > 0.55
    assert seen.pattern == "epidural", seen
    assert classify_spread(press(), press(added=FILLED, hu=900.0, seed=2), wide).pattern == "intrathecal"


def test_what_fills_the_sac_is_told_also_where_its_outline_lies_off(canal: SacOutline) -> None:
    off = replace(canal, row=canal.row + 3.5 / PIXEL_MM)
    seen = classify_spread(press(), press(added=FILLED, hu=900.0, seed=2), off)
    assert seen.pattern == "intrathecal", seen


@pytest.mark.parametrize(
    ("added", "kind"),
    [
        (
            ellipse(5.0, 0.0, 3.2, 6.5),
            "epidural",
        ),  # thin, behind the sac, which it dents: most of it within its outline
        (ellipse(0.0, 0.0, 6.0, 9.5) & ~ellipse(0.0, 0.0, 3.4, 6.0), "intrathecal"),  # about the cord
        (ellipse(-2.0, 20.0, 5.0, 9.0), "epidural"),  # along a root in its foramen
        (ellipse(-14.0, 26.0, 5.0, 5.0), "muscular"),  # past the foramen
        (ellipse(4.0, 30.0, 6.0, 6.0), "muscular"),  # short of it
        (ellipse(15.0, 4.0, 5.0, 5.0), "muscular"),  # between the laminae, before the flavum
    ],
    ids=["dent", "about the cord", "foramen", "past the foramen", "short of the foramen", "between laminae"],
)
def test_where_the_change_lies_against_a_sac_with_a_cord(added: np.ndarray, kind: str) -> None:
    half_mm = 10.0, 6.25
    canal = SacOutline(
        row=ROW, column=MIDDLE, half_width=half_mm[0] / PIXEL_MM, half_depth=half_mm[1] / PIXEL_MM, holds_cord=True
    )
    seen = classify_spread(press(), press(added=added, seed=2), canal)
    assert seen.pattern == kind, seen


def test_a_sac_that_a_needle_hides_is_taken_from_the_planning_scan() -> None:
    hidden = press()
    dark = np.where(SAC, 40.0, hidden.hu)
    hidden = Frame(
        hu=dark.astype(np.float32),
        z_mm=hidden.z_mm,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 2.0),  # the table has moved up by 2 mm
        exposure=EXPOSURE,
        slice_thickness_mm=4.0,
    )
    assert outline_sac_by_brightness(hidden, MIDDLE) is None
    seen = outline_sac_with_plan(outline_sac_by_brightness, press(), hidden, MIDDLE)
    assert seen is not None
    assert seen.row == pytest.approx(ROW + 2.0 / PIXEL_MM, abs=1.0 / PIXEL_MM)
    assert seen.half_width * PIXEL_MM == pytest.approx(SAC_MM[1], abs=0.8)
    elsewhere = press()
    far = Frame(
        hu=elsewhere.hu,
        z_mm=elsewhere.z_mm + 80.0,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 0.0),
        exposure=EXPOSURE,
        slice_thickness_mm=4.0,
    )
    assert outline_sac_with_plan(outline_sac_by_brightness, far, hidden, MIDDLE) is None, "the plan does not reach here"


def test_a_patient_who_breathed_between_two_presses_is_laid_on_himself(canal: SacOutline) -> None:
    before, after = press(), press(added=CAP, seed=2)
    moved = np.roll(after.hu, (3, -2), axis=(1, 2))
    shifted = Frame(
        hu=moved,
        z_mm=after.z_mm,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=after.centre_mm,
        exposure=EXPOSURE,
        slice_thickness_mm=4.0,
    )
    assert classify_spread(before, shifted, canal).pattern == "epidural"
    nothing = Frame(
        hu=np.roll(press(seed=2).hu, (3, -2), axis=(1, 2)),
        z_mm=after.z_mm,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=after.centre_mm,
        exposure=EXPOSURE,
        slice_thickness_mm=4.0,
    )
    assert classify_spread(before, nothing, canal).pattern == "absent"
    change, noise_hu = subtract_presses(before, nothing, canal)
    assert float(np.abs(change).max()) < 12.0 * noise_hu


def test_what_has_gone_at_the_next_press_was_in_a_vein(canal: SacOutline) -> None:
    before = press()
    first = classify_spread(before, press(added=THREAD, hu=700.0, seed=2), canal)
    assert washes_out(first, classify_spread(before, press(seed=3), canal))
    assert not washes_out(first, classify_spread(before, press(added=THREAD, hu=650.0, seed=3), canal))


# what an operator does about it


class DrawnRoom:
    """What an operator sees in a room where contrast goes where a list says, one entry for each test, then blood."""

    def __init__(
        self,
        tests: list[np.ndarray],
        blood: np.ndarray = CAP,
        *,
        firm_after: int = 99,
        bleeds: int = 0,
        stays: bool = False,
    ) -> None:
        self.tests, self.blood, self.firm_after = tests, blood, firm_after
        self.commands: list[Command] = []
        self.frames: list[Frame] = []
        self.given_ml = self.syringe_ml = 0.0
        self.contrast = 0
        self.bleeds = bleeds  # so many times that the plunger is drawn back
        self.stays = stays  # of contrast, until the needle moves
        self.hub, self.moves = "nothing", 0

    def view(self) -> Any:
        latest = SimpleNamespace(number=len(self.frames) - 1) if self.frames else None
        return SimpleNamespace(
            refused=None,
            case=SimpleNamespace(prescribed_volume_ml=10.0),
            console=SimpleNamespace(latest=latest, grid_midline_x_mm=0.0),
            images=SimpleNamespace(frame=lambda number: self.frames[number]),
            handling=SimpleNamespace(stopped=False, hub=self.hub),
            patient=SimpleNamespace(words="", words_at_ms=None, arm_line=""),
            injection=SimpleNamespace(syringe_ml=self.syringe_ml, syringe_age_ms=0, injected_blood_ml=self.given_ml),
        )

    def do(self, command: Command) -> Any:
        self.commands.append(command)
        self.hub = "nothing"
        if isinstance(command, c.DrawBlood):
            self.syringe_ml = command.volume_ml
        elif isinstance(command, c.InjectBlood):
            self.given_ml += command.volume_ml
        elif isinstance(command, c.InjectContrast):
            self.contrast += 1
        elif isinstance(command, c.Advance | c.Withdraw):
            self.moves += 1
        elif isinstance(command, c.Aspirate):
            self.hub = "blood" if self.bleeds > 0 else "nothing"
            self.bleeds -= 1
        elif isinstance(command, c.TestResistance):
            self.hub = "resistance lost" if self.moves <= self.firm_after else "resistance firm"
        elif isinstance(command, c.PressPedal):
            fresh = bool(self.commands[:-1]) and isinstance(self.commands[-2], c.InjectContrast)
            fresh |= self.stays and self.contrast > 0 and self.moves == 0
            added = self.tests[self.contrast - 1] if fresh else NOTHING
            if self.given_ml > 0.0:
                added = self.blood | CAP  # the contrast is still there
            self.frames.append(press(added=added, seed=len(self.frames)))
        return self.view()

    def run(self, most_on_mm: float = 1.5) -> None:
        steps = inject_confirmed_by_contrast(self.view(), outline_sac_by_brightness, most_on_mm=most_on_mm)
        command = next(steps)
        try:
            while True:
                command = steps.send(self.do(command))
        except StopIteration:
            return

    def names(self) -> list[str]:
        return [type(command).__name__ for command in self.commands]


def test_a_press_just_before_contrast_and_one_after_it_come_before_any_blood() -> None:
    room = DrawnRoom([CAP])
    room.run()
    names = room.names()
    at = names.index("InjectContrast")
    assert names[at - 2 : at + 2] == ["PressPedal", "Aspirate", "InjectContrast", "PressPedal"]
    assert names[at + 2 : at + 5] == ["DrawBlood", "MixContrast", "InjectBlood"], "blood is drawn last, since it clots"
    assert room.commands[at] == c.InjectContrast(volume_ml=TEST_ML)
    assert room.given_ml == 10.0
    assert names[at + 2 :].count("PressPedal") == len(LOOKS_ML), "and presses during the injection"
    assert names[-3:] == ["Withdraw", "AcquireControlScan", "LookAt"]


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (FILM, ["Withdraw", "RotateBevel", "TestResistance"]),
        (THREAD, ["Wait", "PressPedal", "Withdraw", "RotateBevel", "TestResistance"]),
        (NOTHING, ["Withdraw", "RotateBevel", "TestResistance"]),
        (BLOB, ["ReplaceStylet", "Advance", "RemoveStylet", "TestResistance"]),
    ],
    ids=["under the dura", "in a vein", "absent", "in muscle"],
)
def test_contrast_elsewhere_is_followed_to_a_better_place(first: np.ndarray, answer: list[str]) -> None:
    room = DrawnRoom([first, CAP])
    room.run()
    names = room.names()
    at = names.index("InjectContrast") + 2
    assert names[at : at + len(answer)] == answer
    assert names.index("InjectBlood") > at + len(answer)
    assert names.count("InjectContrast") == 2
    assert room.given_ml == 10.0


def test_contrast_before_the_foramen_calls_for_a_step_back() -> None:
    room = DrawnRoom([ellipse(-16.0, 24.0, 6.0, 6.0), CAP])
    room.run()
    moved = [x for x in room.commands if isinstance(x, c.Advance | c.Withdraw)]
    assert moved[0] == c.Withdraw(distance_mm=3.0)
    assert room.given_ml == 10.0


def test_a_second_thread_is_left_behind_by_going_on() -> None:
    room = DrawnRoom([THREAD, THREAD, CAP])
    room.run()
    moved = [x for x in room.commands if isinstance(x, c.Advance | c.Withdraw)]
    assert [type(x).__name__ for x in moved[:2]] == ["Withdraw", "Advance"]
    assert room.given_ml == 10.0


def test_a_thread_that_stays_is_no_vein() -> None:
    room = DrawnRoom([THREAD], stays=True)
    room.run()
    assert room.moves == 1, "the needle stays where it is until it is taken out"
    assert room.names().count("InjectContrast") == 1
    assert room.given_ml == 10.0


def test_blood_at_the_hub_is_left_before_any_contrast() -> None:
    room = DrawnRoom([CAP], bleeds=1)
    room.run()
    names = room.names()
    at = names.index("Aspirate")
    assert names[at + 1 : at + 4] == ["Withdraw", "RotateBevel", "TestResistance"]
    assert names.count("InjectContrast") == 1
    assert room.given_ml == 10.0


@pytest.mark.parametrize("tests", [[THREAD] * 4, [FILLED] * 4, [BLOB] * 4])
def test_no_blood_where_contrast_never_is_epidural(tests: list[np.ndarray]) -> None:
    room = DrawnRoom(tests)
    with pytest.raises(AbandonError):
        room.run()
    assert room.given_ml == 0.0
    assert room.contrast <= MOST_TESTS


def test_contrast_in_the_sac_is_told_to_the_patient_and_the_way_is_given_up() -> None:
    room = DrawnRoom([FILLED, CAP])
    with pytest.raises(AbandonError, match="in the sac"):
        room.run()
    assert room.commands[-1] == c.TellPatient(of=ComplicationKind.DURAL_PUNCTURE)
    assert room.given_ml == 0.0


def test_near_a_cord_contrast_behind_the_space_is_not_followed_forwards() -> None:
    room = DrawnRoom([BLOB, CAP])
    with pytest.raises(AbandonError, match="too thin"):
        room.run(most_on_mm=0.6)
    assert room.moves == 0


def test_no_blood_where_the_plunger_is_firm_after_a_withdrawal() -> None:
    room = DrawnRoom([FILM, CAP], firm_after=0)
    with pytest.raises(AbandonError, match="plunger"):
        room.run()
    assert room.given_ml == 0.0


@pytest.mark.parametrize("blood", [FILLED, BLOB], ids=["in the sac", "in muscle"])
def test_blood_that_goes_elsewhere_is_stopped_at_the_first_look(blood: np.ndarray) -> None:
    room = DrawnRoom([CAP], blood=blood)
    room.run()
    assert room.given_ml == LOOKS_ML[0]
    assert "Withdraw" in room.names()
