"""Looks and the blind way: what was pushed near the dura since the image that somebody looked at was taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.looking import find_tip_slice
from simulator.scoring.blind_advance import blind_advance, free_blind_mm
from simulator.scoring.dose_ledger import demanded_images
from simulator.scoring.looks import looked_after, seen_within_mm, tip_looks
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.scoring.rubric import LookNumbers, Rubric
from simulator.scoring.safety import safety_metrics
from simulator.spatial.frames import PatientDirection
from simulator.vocabulary.levels import Interspace, Region
from simulator.vocabulary.procedure import AcquisitionPurpose, Approach, DosePhase
from simulator.vocabulary.scoring import MetricId
from tests.scored_events import GOOD_TIP_MM, HandMade, good, left_out, tubes

RUBRIC = Rubric()


def at_18_mm(world: CaseContext | None = None, y_mm: float = 18.0) -> HandMade:
    """A needle that was looked at where pushes begin to count."""
    made = HandMade(world)
    made.begin()
    made.push(made.tip_mm - y_mm)
    made.press()
    return made


def read(made: HandMade) -> ProcedureSummary:
    return summarise(made.world, made.events)


def excess_mm(made: HandMade) -> float:
    return blind_advance(read(made), RUBRIC).excess_mm


def utility_of(made: HandMade) -> float | None:
    return next(x.utility for x in safety_metrics(read(made), RUBRIC) if x.name is MetricId.BLIND_ADVANCE)


def test_a_look_after_each_3_mm_costs_nothing_and_4_mm_without_cost_one() -> None:
    seen = at_18_mm()
    for _ in range(3):
        seen.push(3.0)
        seen.press()
    assert excess_mm(seen) == 0.0
    assert utility_of(seen) == 1.0
    assert blind_advance(read(seen), RUBRIC).longest_mm == pytest.approx(3.0)
    blind = at_18_mm()
    blind.push(4.0)
    assert excess_mm(blind) == pytest.approx(1.0)
    assert utility_of(blind) == pytest.approx(5.0 / 6.0)


@pytest.mark.parametrize("steps", [(9.0,), (3.0, 3.0, 3.0), (1.0,) * 9, (0.5,) * 18])
def test_the_blind_way_is_the_same_in_one_push_or_in_many(steps: Sequence[float]) -> None:
    made = at_18_mm()
    for step in steps:
        made.push(step)
    found = blind_advance(read(made), RUBRIC)
    assert found.near_mm == pytest.approx(9.0, abs=0.26)
    assert found.excess_mm == pytest.approx(6.0, abs=0.26)
    assert found.longest_mm == found.near_mm


def test_an_image_that_nobody_looked_at_is_no_look() -> None:
    made = at_18_mm()
    for _ in range(3):
        made.push(3.0)
        made.press(look=False)
    assert excess_mm(made) == pytest.approx(6.0)


def test_a_look_at_an_older_image_counts_from_when_that_image_was_taken() -> None:
    made = at_18_mm()
    made.push(2.0)
    older = made.press(look=False)
    made.push(2.0)  # 4 mm since the last look: 1 mm too far, whatever comes later
    made.look(older)
    made.push(1.0)  # 3 mm since the older image
    assert excess_mm(made) == pytest.approx(1.0)
    made.push(1.0)
    assert excess_mm(made) == pytest.approx(2.0)
    newer = made.press()
    made.look(older)  # to go back to it takes nothing of what the newer one showed
    made.push(3.0)
    assert newer > older
    assert excess_mm(made) == pytest.approx(2.0)


def test_a_look_at_slices_without_the_tip_is_no_look_at_it() -> None:
    for slices, expected in (((1,), 0.0), ((0, 1, 2), 0.0), ((0, 2), 1.0), ((), 1.0)):
        made = at_18_mm()
        made.push(2.0)
        number = made.press(look=False)
        if slices:
            made.look(number, slices)
        made.push(2.0)
        assert excess_mm(made) == pytest.approx(expected), slices


def test_the_tips_slice_is_the_one_in_which_it_lies() -> None:
    made = at_18_mm()
    press = [x for x in made.events if isinstance(x, e.AcquisitionMade)][-1]
    assert find_tip_slice(made.world, press) == 1
    zero = made.world.table_zero_mm
    for centre, found in ((zero + 2.0, 0), (zero + 2.1, None)):
        other = replace(press, slices=replace(press.slices, centres_table_mm=(centre,)))
        assert find_tip_slice(made.world, other) == found
    assert find_tip_slice(made.world, replace(press, scene=replace(press.scene, needle=None))) is None
    assert [look.number for _, look in tip_looks(read(made))] == [press.number], "the planning scan shows no needle"


def test_what_is_commanded_counts_and_not_what_came_of_it() -> None:
    """Bone or ligament that stops the needle does not make the push a smaller one."""
    made = at_18_mm()
    made.push(6.0, moved_mm=0.0)
    assert excess_mm(made) == pytest.approx(3.0)


def test_far_away_and_past_the_canal_and_backwards_nothing_counts() -> None:
    far = HandMade()
    far.begin()
    far.push(27.0)
    assert blind_advance(read(far), RUBRIC).near_mm == 0.0
    far.push(3.0)
    assert blind_advance(read(far), RUBRIC).near_mm == pytest.approx(3.0)
    back = at_18_mm()
    back.push(3.0)
    back.push(-8.0)
    assert blind_advance(read(back), RUBRIC).near_mm == pytest.approx(3.0)
    past = HandMade()
    past.begin()
    for _ in range(10):
        past.push(3.0, direction=PatientDirection(1.0, 0.0, 0.0))
    assert blind_advance(read(past), RUBRIC).near_mm == 0.0


def foramen() -> CaseContext:
    world = tubes()
    accepted = replace(world.settings.accepted, approaches=(Approach.POSTERIOR_FORAMINAL,))
    return replace(world, settings=replace(world.settings, accepted=accepted))


def neck() -> CaseContext:
    world = tubes()
    return replace(world, settings=replace(world.settings, region=Region.CERVICAL))


def low_neck() -> CaseContext:
    world = tubes()
    return replace(world, settings=replace(world.settings, requested_level=Interspace.C6_7))


@pytest.mark.parametrize("narrow", [foramen, neck, low_neck])
def test_in_the_neck_and_at_a_foramen_two_millimetres_are_free_from_three_before(
    narrow: Callable[[], CaseContext],
) -> None:
    world = narrow()
    assert (free_blind_mm(world, RUBRIC), free_blind_mm(tubes(), RUBRIC)) == (2.0, 3.0)
    made = at_18_mm(world)
    made.push(1.0)
    assert blind_advance(read(made), RUBRIC).near_mm == 0.0, "4 mm before the flavum is not yet near"
    made = at_18_mm(world, y_mm=17.0)
    made.push(2.0)
    assert blind_advance(read(made), RUBRIC).near_mm == pytest.approx(2.0)
    assert excess_mm(made) == 0.0
    made.push(1.0)
    assert excess_mm(made) == pytest.approx(1.0)


def test_a_portion_is_seen_within_what_the_tip_has_gone_since_the_latest_image() -> None:
    made = at_18_mm()
    made.push(8.0)
    first = made.press()
    made.push(1.0)
    made.blood(1)
    blood = read(made).first_blood
    assert blood is not None
    assert seen_within_mm(read(made), blood) == pytest.approx(1.0)
    older = at_18_mm()
    older.push(8.0)
    older.press()
    older.look(first - 1)  # compares with the image before it
    older.push(1.0)
    older.blood(1)
    blood = read(older).first_blood
    assert blood is not None
    assert seen_within_mm(read(older), blood) == pytest.approx(1.0)
    never = left_out(older, e.ImageLookedAt)
    assert seen_within_mm(read(never), blood) is None


def test_a_look_after_the_blood_is_no_look_before_it() -> None:
    made = HandMade()
    made.begin()
    made.push(36.0)
    number = made.press(look=False)
    made.blood(1)
    made.look(number)
    blood = read(made).first_blood
    assert blood is not None
    assert seen_within_mm(read(made), blood) is None
    assert not looked_after(read(made), blood.at_ms), "the image is older than the blood"


def control(made: HandMade, *, look: bool) -> None:
    made.image(AcquisitionPurpose.CONTROL, DosePhase.CONFIRMATION, dlp=10.0, look=look)


@pytest.mark.parametrize(
    ("planning", "tip", "after", "share"),
    [
        (True, True, True, 1.0),
        (False, True, True, 2 / 3),
        (True, False, True, 2 / 3),
        (True, True, False, 2 / 3),
        (False, False, False, 0.0),
    ],
)
def test_three_images_are_demanded_and_count_where_somebody_looked(
    planning: bool, tip: bool, after: bool, share: float
) -> None:
    made = HandMade()
    made.begin()
    if not planning:
        made = left_out(made, e.ImageLookedAt, number=0)
    made.push(36.0)
    made.press(look=tip)
    made.blood()
    control(made, look=after)
    assert demanded_images(read(made), RUBRIC) == pytest.approx(share)
    assert demanded_images(read(made), Rubric(looks=LookNumbers(needs_images=False))) is None


def test_a_press_before_the_puncture_plans_as_well_as_a_scan() -> None:
    made = good()
    for purpose, share in (("fluoroscopy", 1.0), ("control", 2 / 3), ("scout", 2 / 3)):
        events = [
            replace(x, purpose=AcquisitionPurpose(purpose))
            if isinstance(x, e.AcquisitionMade) and x.purpose == "planning"
            else x
            for x in made.events
        ]
        assert demanded_images(summarise(made.world, events), RUBRIC) == pytest.approx(share), purpose


def test_the_needle_stood_where_the_good_procedure_has_it() -> None:
    """So that the rules above judge what they are meant to."""
    blood = read(good()).first_blood
    assert blood is not None
    assert blood.tip_mm[1] == pytest.approx(GOOD_TIP_MM)
