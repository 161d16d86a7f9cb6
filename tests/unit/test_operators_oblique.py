"""Necks and foramina: what the autopilot sees there, and the ways that it finds out of the axial plane."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.engine import events as e
from simulator.engine.session import Session, drive
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.operators import operator_named, tip_tracking
from simulator.operators.bone_avoidance import waypoint_beside_bone
from simulator.operators.bone_map import BoneMap
from simulator.operators.foraminal_targets import foraminal_targets
from simulator.operators.guidance_state import GuidanceState
from simulator.operators.interlaminar_targets import interlaminar_targets, lumbar_targets
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.perception.bone_segmentation import segment_bone_and_sacs
from simulator.operators.perception.cord_detection import detect_canal
from simulator.operators.perception.foramen_detection import PerineuralFluid, detect_perineural_fluid
from simulator.operators.perception.rigid_registration import estimate_rigid_shift, predict_press
from simulator.operators.perception.tip_location import LocatedTip
from simulator.operators.trajectory_planning import NeedleTarget, PlanningLimits, plan_trajectories
from simulator.records.runs import score_session
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.spatial.frames import TablePoint
from simulator.strategies.trial import outcome
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import Approach

PIXEL_MM = 0.5
MIDDLE = 255.5
EXPOSURE = ExposureSettings()
ROWS, COLUMNS = np.indices((512, 512))


def body() -> np.ndarray:
    """Muscle below air; the skin is at row 40."""
    return np.where(ROWS < 40, -1000.0, 50.0).astype(np.float32)


def ellipse(row: float, column: float, half_rows_mm: float, half_columns_mm: float) -> np.ndarray:
    return np.hypot((ROWS - row) * PIXEL_MM / half_rows_mm, (COLUMNS - column) * PIXEL_MM / half_columns_mm) < 1.0


def neck(*, behind_mm: float, middle_row: float = 180.0, rng: np.random.Generator | None = None) -> np.ndarray:
    """A slice with sac, cord, and a dimmer collection of some depth behind the sac."""
    image = body()
    image[ellipse(middle_row, MIDDLE, 6.3 + behind_mm, 11.0 + behind_mm) & (middle_row > ROWS)] = 300.0
    image[ellipse(middle_row, MIDDLE, 6.3, 10.0)] = 430.0
    image[ellipse(middle_row + 0.8, MIDDLE, 3.6, 6.3)] = 45.0
    if rng is not None:
        image += rng.normal(0.0, 12.0, image.shape).astype(np.float32)
    return image


def frame_of(slices: list[np.ndarray], spacing_mm: float = 2.0) -> Frame:
    z = 500.0 - spacing_mm * np.arange(len(slices))
    return Frame(
        hu=np.array(slices, np.float32),
        z_mm=z,
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 0.0),
        exposure=EXPOSURE,
        slice_thickness_mm=spacing_mm,
    )


@pytest.mark.parametrize("behind_mm", [2.0, 3.0])
def test_the_cords_ring_and_the_collection_behind_it_are_measured(behind_mm: float) -> None:
    seen = detect_canal(neck(behind_mm=behind_mm, rng=np.random.default_rng(1)), PIXEL_MM, MIDDLE + 3.0)
    assert seen is not None
    assert seen.column == pytest.approx(MIDDLE, abs=1.5)
    assert (180.0 - seen.sac_row) * PIXEL_MM == pytest.approx(6.3, abs=0.8)
    assert (seen.sac_row - seen.flavum_row) * PIXEL_MM == pytest.approx(behind_mm, abs=0.8)


def test_no_canal_is_seen_in_muscle_or_where_the_sac_is_dark() -> None:
    assert detect_canal(body(), PIXEL_MM, MIDDLE) is None
    dark = neck(behind_mm=0.0)
    dark[dark > 100.0] = 60.0
    assert detect_canal(dark, PIXEL_MM, MIDDLE) is None


def test_without_a_collection_a_neck_offers_no_target() -> None:
    for behind_mm, offers in ((2.5, True), (0.0, False)):
        frame = frame_of([neck(behind_mm=behind_mm)] * 9)
        seen = [detect_canal(image, PIXEL_MM, MIDDLE) for image in frame.hu]
        assert bool(interlaminar_targets(frame, seen, Region.CERVICAL)) is offers


def reach(longest_mm: float, table_mm: tuple[float, float] = (0.0, 1000.0)) -> PlanningLimits:
    return PlanningLimits(longest_mm=longest_mm, table_range_mm=table_mm)


def shingles() -> tuple[Frame, np.ndarray]:
    """Laminae that overlap like tiles: any axial plane meets one, a path that leads to the head passes between."""
    count, spacing = 41, 1.0
    frame = frame_of([np.where(ROWS < 140, -1000.0, 50.0).astype(np.float32)] * count, spacing)
    z = frame.z_mm[:, None, None]
    bone = np.zeros((count, 512, 512), bool)
    y_mm = (255.5 - ROWS)[None] * PIXEL_MM
    for edge_mm in (482.5, 494.5):  # each plate runs from the front at its top to the back at its bottom
        top = edge_mm - (y_mm - 20.0) * 0.7
        bone |= (y_mm > 20.0) & (y_mm < 40.0) & (np.abs(z - top) < 3.0)
    return frame, bone


def test_a_path_between_tiles_leaves_the_axial_plane() -> None:
    frame, bone = shingles()
    target = NeedleTarget(point=TablePoint(0.0, 15.0, 491.5), worth=1.0)
    found = plan_trajectories(frame, BoneMap(frame, bone), [target], 0.0, reach(120.0))
    assert found
    best = found[0]
    assert 20.0 <= best.along_deg <= 35.0
    assert best.entry.z_mm < target.point[2] - 20.0
    assert best.clearance_mm > 1.5  # 3 mm to each plate, at 35 degrees, less half a pixel
    assert not [way for way in found if abs(way.along_deg) < 10.0]
    assert not plan_trajectories(frame, BoneMap(frame, bone), [target], 0.0, reach(45.0))
    assert not plan_trajectories(frame, BoneMap(frame, bone), [target], 0.0, reach(120.0, (475.0, 500.0)))


def test_names_of_ways() -> None:
    frame = frame_of([body()] * 21)
    bone = BoneMap(frame, np.zeros(frame.hu.shape, bool))
    for lean, approach, side in (
        ((-1.0, 1.0), "midline interlaminar", "midline"),
        ((17.0, 19.0), "paramedian interlaminar", "right"),
        ((-19.0, -17.0), "paramedian interlaminar", "left"),
    ):
        target = NeedleTarget(point=TablePoint(0.0, 20.0, 480.0), worth=0.0, across_deg=lean)
        way = plan_trajectories(frame, bone, [target], 0.0, reach(150.0))[0]
        assert (way.approach, way.side) == (approach, side)
        assert way.angle_deg == pytest.approx(18.0 if side != "midline" else 0.0)


def test_a_press_says_how_far_the_patient_has_moved() -> None:
    rng = np.random.default_rng(4)
    planning = frame_of([neck(behind_mm=2.0 + 0.1 * k, middle_row=200.0 - 2.0 * k, rng=rng) for k in range(20)])
    moved = (1.0, -1.0, 2.0)  # x grows to smaller columns, y to smaller rows
    shifted = np.roll(planning.hu, (2, -2), axis=(1, 2))
    thick = [0.5 * (shifted[k] + shifted[k + 1]) for k in (8, 10, 12)]
    press = replace(
        planning, hu=np.array(thick, np.float32), slice_thickness_mm=4.0,
        z_mm=np.array([0.5 * (planning.z_mm[k] + planning.z_mm[k + 1]) + moved[2] for k in (8, 10, 12)]),
    )  # fmt: skip
    press.hu[:, 60:190, 255:258] = 2500.0  # a needle
    found = estimate_rigid_shift(planning, press, TablePoint(0.0, 30.0, 480.0))
    assert found is not None
    assert found.displacement == pytest.approx(moved, abs=0.6)
    expected = predict_press(planning, press, found.displacement)
    assert expected is not None
    difference = press.hu - expected
    assert float(np.median(np.abs(difference))) < 30.0
    assert float(difference[:, 80:180, 256].min()) > 1500.0
    beyond = replace(press, z_mm=press.z_mm + 60.0)
    assert estimate_rigid_shift(planning, beyond, TablePoint(0.0, 30.0, 480.0)) is None


def test_near_an_end_of_the_planning_scan_no_movement_is_made_up() -> None:
    """What repeats every 7 mm looks 3 mm up as it does 4 mm down; the one lies outside, the other is no answer."""

    def at(z_mm: float) -> np.ndarray:
        return neck(behind_mm=2.5 + 2.0 * float(np.sin(2.0 * np.pi * z_mm / 7.0)), middle_row=200.0)

    z = 500.0 - np.arange(30.0)
    planning = replace(frame_of([at(float(q)) for q in z], spacing_mm=1.0), slice_thickness_mm=1.0)
    places = float(z[-1]) + np.array([9.5, 5.5, 1.5])
    thick = [np.mean([at(float(p) - 3.0 + off) for off in (-1.5, -0.5, 0.5, 1.5)], axis=0) for p in places]
    press = replace(planning, hu=np.array(thick, np.float32), slice_thickness_mm=4.0, z_mm=places)
    found = estimate_rigid_shift(planning, press, TablePoint(0.0, 30.0, float(places[1])))
    assert found is None or abs(found.displacement[2]) < 3.0


def on_the_way(
    frame: Frame, bone: np.ndarray, *, entry: TablePoint, target: TablePoint, tip: TablePoint, across_deg: float = 0.0
) -> GuidanceState:
    """A needle on a straight way, its tip somewhere on it."""
    way = NeedleTrajectory(
        approach=Approach.PARAMEDIAN_INTERLAMINAR,
        side=Side.LEFT,
        entry=entry,
        target=target,
        across_deg=across_deg,
        along_deg=0.0,
        clearance_mm=1.0,
        quality=1.0,
    )
    return GuidanceState(
        trajectory=way,
        planning=frame,
        bone=BoneMap(frame, bone),
        entry=entry,
        tip_mm=np.array(tip),
        across_deg=across_deg,
        along_deg=0.0,
    )


def test_bone_that_is_met_again_is_avoided_on_its_free_side() -> None:
    frame = frame_of([body()] * 21)
    bone = np.zeros(frame.hu.shape, bool)
    plate = (ROWS > 110) & (ROWS < 120)
    bone[:, :, :] = plate & (COLUMNS > 245)  # its edge lies at x = 5 mm, what is free beyond it
    y_mm = float(frame.position_mm(0, 112.0, 0.0)[1])
    entry, target = TablePoint(4.0, 107.0, 480.0), TablePoint(4.0, 20.0, 480.0)
    state = on_the_way(frame, bone, entry=entry, target=target, tip=TablePoint(4.0, y_mm, 480.0))
    state.bone_contacts = 2
    state.waypoint_mm = waypoint_beside_bone(state)
    assert state.waypoint_mm[0] > 5.0, "beyond the edge"
    state.tip_mm = np.array([4.0, y_mm + 15.0, 480.0])  # pulled back
    assert state.to_aim_mm[0] > 1.0
    state.tip_mm = np.array([6.0, y_mm - 1.0, 480.0])  # past the plate
    assert state.to_aim_mm == pytest.approx(state.to_target_mm)


def test_a_turn_shows_in_the_shaft_only_as_it_goes_on() -> None:
    frame = frame_of([body()] * 5)
    entry, target = TablePoint(0.0, 100.0, 500.0), TablePoint(0.0, 20.0, 500.0)
    free = np.zeros(frame.hu.shape, bool)
    state = on_the_way(frame, free, entry=entry, target=target, tip=entry, across_deg=10.0)
    state.move_tip(40.0)
    assert state.visible_lean_deg() == pytest.approx(10.0)
    state.across_deg = 22.0
    state.move_tip(10.0)
    assert state.visible_lean_deg() == pytest.approx(10.0 + 12.0 * 7.0 / 21.0)
    state.adopt_lean(state.visible_lean_deg())
    assert state.across_deg == pytest.approx(22.0)
    state.adopt_lean(state.visible_lean_deg() - 3.0)
    assert state.across_deg == pytest.approx(19.0)


@pytest.mark.parametrize("along_deg", [0.0, 30.0])
def test_a_climbing_tip_that_stays_where_it_was_is_looked_for_further_on(
    monkeypatch: pytest.MonkeyPatch, along_deg: float
) -> None:
    """What stays as it is pushed is a shaft that leaves the slices; if nothing lies further on, it was the tip."""
    frame = frame_of([body()] * 5)
    seen = TablePoint(0.0, 60.0, 495.0)
    state = on_the_way(
        frame, np.zeros(frame.hu.shape, bool), entry=TablePoint(0.0, 100.0, 480.0),
        target=TablePoint(0.0, 20.0, 500.0), tip=seen,
    )  # fmt: skip
    state.along_deg, state.seen_at_mm = along_deg, 0.0
    found = LocatedTip(
        tip=seen, across_deg=0.0, along_deg=along_deg, contrast_hu=900.0, in_slices=True, leaves_at_mm=None
    )
    answers = [found, found, None]
    monkeypatch.setattr(tip_tracking, "predict_press", lambda *_: None)
    monkeypatch.setattr(tip_tracking, "locate_tip", lambda *_: answers.pop(0))
    state.move_tip(2.5)
    assert tip_tracking._update_needle(frame, state) == seen.z_mm
    state.move_tip(2.5)
    if not along_deg:
        assert tip_tracking._update_needle(frame, state) == seen.z_mm, "in one slice the whole shaft is seen"
        return
    assert tip_tracking._update_needle(frame, state) is None
    assert (state.tip_mm - np.array(seen)) @ state.direction == pytest.approx(5.0)
    assert tip_tracking._update_needle(frame, state) is None
    assert state.tip_mm == pytest.approx(np.array(seen))
    assert state.behind_mm == 0.0


def lumbar(spill_column: float | None) -> np.ndarray:
    image = body()
    image[ellipse(220.0, MIDDLE, 16.0, 24.0)] = 150.0  # a vertebral body, whose marrow is as bright as fluid
    image[ellipse(175.0, MIDDLE, 9.0, 40.0)] = -100.0
    image[ellipse(176.0, MIDDLE, 7.0, 8.0)] = 700.0
    if spill_column is not None:
        image[ellipse(178.0, spill_column, 2.5, 3.5)] = 220.0
    return image


def test_fluid_along_a_root_gives_targets_behind_it_on_its_side() -> None:
    columns = [None, None, 290.0, 293.0, 296.0, 299.0, None, None, None]
    frame = frame_of([lumbar(column) for column in columns], 3.0)
    bone, sacs = segment_bone_and_sacs(frame)
    seen = detect_perineural_fluid(frame, bone, sacs, Side.RIGHT)
    assert [one.slice_index for one in seen] == [2, 3, 4, 5]
    assert seen[0] == PerineuralFluid(
        slice_index=2,
        row=pytest.approx(178.0, abs=1.0),
        column=pytest.approx(290.0, abs=1.5),
        area_mm2=seen[0].area_mm2,
    )
    targets = foraminal_targets(frame, bone, sacs, Side.RIGHT)
    assert targets
    root_y_mm = frame.position_mm(0, 178.0, 0.0)[1]
    for target in targets:
        assert target.point[0] < -14.0  # the patient's right
        assert 1.5 < target.point[1] - root_y_mm < 6.0
        assert target.approach == "posterior foraminal"
        assert target.across_deg[0] > 0.0
    assert foraminal_targets(frame, bone, sacs, Side.LEFT) == []


def test_lumbar_targets_lie_in_the_collection_which_is_no_bone() -> None:
    def lumbar(*, behind_mm: float) -> np.ndarray:
        image = body()
        image[ellipse(180.0, MIDDLE, 6.5 + behind_mm, 8.0) & (ROWS < 180)] = 500.0  # as bright as bone
        image[ellipse(180.0, MIDDLE, 6.5, 8.0)] = 900.0
        for side in (-26.0, 26.0):
            image[ellipse(155.0, MIDDLE + side, 6.0, 4.0)] = 700.0
        return image

    slices = [lumbar(behind_mm=3.5 if k in (9, 10) else 1.0) for k in range(20)]
    slices[11] = np.roll(lumbar(behind_mm=3.5), 60, axis=0)  # 30 mm further to the front: no sac
    frame = frame_of(slices)
    bone, targets = lumbar_targets(frame)
    assert {target.point[2] for target in targets} == {float(frame.z_mm[k]) for k in (9, 10)}
    for target in targets:
        row, column = (round(x) for x in frame.pixel_of(*target.point[:2]))
        assert 180.0 - (6.5 + 3.5) / PIXEL_MM < row < 180.0 - 6.5 / PIXEL_MM
        assert column == pytest.approx(MIDDLE, abs=2.0)
        assert not bone[9, row, column]
    assert bone[9, 155, round(MIDDLE) - 26], "a joint is"


def test_autopilot_treats_a_neck() -> None:
    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-4.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(4), name=file.name, seed=4, location=str(path), folder=path.parent)
    session = Session(case.world)
    drive(session, operator_named("autopilot"))
    card = score_session(case, session, "autopilot")
    assert (card.placement.compartment, card.placement.level) == ("epidural", "C6/7")
    assert not [x for x in card.complications if x.kind == "dural_puncture"]
    assert card.score > 70.0
    tables = {event.table_mm for event in session.events if isinstance(event, e.TableMoved)}
    assert tables


@pytest.mark.slow
def test_a_lumbar_window_that_no_axial_plane_holds_open_is_reached_obliquely() -> None:
    file = load_scenario(
        Path("patient-2"),
        overrides={
            "leak.level": "L1/2",
            "leak.needle_levels": ["L1/2"],
            "myelogram.levels": ["T12", "L4"],
            "text.request": "The myelogram shows a leak at L1/2. Epidural blood patch at L1/2, please.",
        },
    )
    case = build_case(file.scenario_for(2), name="upper", seed=2, location="upper", folder=file.path.parent)
    session = Session(case.world)
    drive(session, operator_named("autopilot"))
    planned = [event for event in session.events if isinstance(event, e.PathPlanned)]
    assert abs(planned[-1].entry_mm[2] - planned[-1].target_mm[2]) > 5.0, "out of the axial plane"
    assert outcome(case, session, "autopilot")["success"]


SERIES = ("patient-1", "patient-2", "patient-3", "patient-3-second", "patient-4", "patient-5", "patient-6", "patient-7")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SERIES, "neck-without-target", "thoracic-oblique"])
def test_autopilot_completes_eight_of_ten_seeds_of_each_patient(name: str) -> None:
    file = load_scenario(Path(name))
    good = 0
    phantom = None
    for seed in range(1, 11):
        case = build_case(
            file.scenario_for(seed), name=name, seed=seed, location=name, folder=file.path.parent, phantom=phantom
        )
        phantom = case.world.phantom
        session = Session(case.world)
        drive(session, operator_named("autopilot"))
        good += outcome(case, session, "autopilot")["success"]
    assert good >= 8
