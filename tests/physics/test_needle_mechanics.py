"""The needle: steel against beam theory, its way in gel, and what runs through its bore."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.needle.bore_flow import CSF_MPA_S, flow_ml_per_s
from simulator.needle.dural_puncture import INTACT
from simulator.needle.insertion import Push, push
from simulator.needle.needle_bending import TISSUE_N_PER_MM2, against_bone, bow_mm, buckling_load_n, rigidity_n_mm2
from simulator.needle.needle_bending import hub_turn_fraction as share_of
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose
from simulator.needle.needle_shape import needle_shape
from tests.gel import Gel
from tests.oracles import needle_beam as oracle
from tests.physics.conftest import Figure

ON_THE_SKIN = NeedlePose(
    track_mm=((0.0, 0.0, 0.0),), direction=(0.0, -1.0, 0.0), bevel_rad=0.0, stylet_in=True, tip_side=1
)


def pushed(name: str, way_mm: float, *, gel: Gel | None = None, pose: NeedlePose = ON_THE_SKIN) -> Push:
    return push(gel or Gel(), NEEDLES[name], pose, INTACT, way_mm, 2.5)


def off_axis_mm(pose: NeedlePose) -> float:
    x, _, z = pose.tip_mm
    return float(np.hypot(x, z))


def test_a_bevel_leads_off_its_axis_as_far_as_was_measured_in_gel(figure: Figure) -> None:
    cutting = off_axis_mm(pushed("22G Quincke 88 mm", 80.0).pose)
    pencil = off_axis_mm(pushed("22G Whitacre 88 mm", 80.0).pose)
    figure(
        "22G Quincke, 80 mm of gel: tip off its axis",
        cutting,
        asked="8.89 within 0.17 (RAND16)",
        unit="mm",
        kind="fitted",
    )
    figure("22G Whitacre, the same", pencil, asked="0.73 within 0.34 (RAND16)", unit="mm", digits=2, kind="fitted")
    assert cutting == pytest.approx(8.89, abs=0.17)
    assert pencil == pytest.approx(0.73, abs=0.34)


@pytest.mark.parametrize("name", ["20G Quincke 88 mm", "22G Quincke 88 mm", "25G Quincke 88 mm"])
def test_a_steered_way_is_an_arc_and_a_flip_its_mirror(name: str, figure: Figure) -> None:
    radius = NEEDLES[name].bend_radius_mm
    straight_on = off_axis_mm(pushed(name, 80.0).pose)
    half = pushed(name, 40.0).pose
    turned = NeedlePose(track_mm=half.track_mm, direction=half.direction, bevel_rad=np.pi, stylet_in=True, tip_side=1)
    flipped = off_axis_mm(pushed(name, 40.0, pose=turned).pose)
    arc, mirrored = oracle.arc_off_axis_mm(radius, 80.0), oracle.flipped_off_axis_mm(radius, 80.0)
    worst = max(abs(straight_on / arc - 1.0), abs(flipped / mirrored - 1.0))
    figure(
        f"{name}: way of 80 mm, and with a flip at 40 mm, against arcs",
        100 * worst,
        asked="within 2",
        unit="%",
        kind="independent",
    )
    assert worst < 0.02
    assert flipped < 0.55 * straight_on


def test_an_introducer_keeps_its_length_straight() -> None:
    coaxial = off_axis_mm(pushed("20G Quincke coaxial 88 mm", 80.0).pose)
    alone = off_axis_mm(pushed("20G Quincke 88 mm", 80.0).pose)
    assert off_axis_mm(pushed("20G Quincke coaxial 88 mm", 40.0).pose) == pytest.approx(0.0, abs=1e-6)
    assert coaxial == pytest.approx(oracle.arc_off_axis_mm(600.0, 40.0), rel=0.03)
    assert coaxial < 0.3 * alone


def test_steel_is_as_stiff_as_the_reference_says(figure: Figure) -> None:
    table = {18: (19_900, 23_600), 20: (4_990, 5_860), 22: (2_010, 2_170), 25: (600, 620)}
    worst = 0.0
    for gauge, (hollow, filled) in table.items():
        spec = NEEDLES[f"{gauge}G Quincke 88 mm"]
        for expected, stylet_in in ((hollow, False), (filled, True)):
            made = rigidity_n_mm2(spec.outer_diameter_mm, spec.bore_diameter_mm, stylet_in)
            worst = max(worst, abs(made / expected - 1.0))
    figure(
        "flexural rigidity of 18-25G, hollow and with stylet",
        100 * worst,
        asked="within 2 of the table",
        unit="%",
        kind="independent",
    )
    assert worst < 0.02


def test_a_free_20g_shaft_buckles_where_euler_says(figure: Figure) -> None:
    hollow = rigidity_n_mm2(0.90, 0.60, False)
    load = buckling_load_n(hollow, 88.0)
    slow = oracle.buckling_load_n(hollow, 88.0)
    figure(
        "free 88 mm of 20G buckle at",
        load,
        asked="13 (reference), within 2 % of finite differences",
        unit="N",
        kind="independent",
    )
    assert load == pytest.approx(13.0, rel=0.02)
    assert load == pytest.approx(slow, rel=0.02)


def test_a_turn_of_the_hub_reaches_the_tip_as_beam_theory_says(figure: Figure) -> None:
    worst = 0.0
    for gauge in (18, 20, 22, 25):
        spec = NEEDLES[f"{gauge}G Quincke 88 mm"]
        rigidity = rigidity_n_mm2(spec.outer_diameter_mm, spec.bore_diameter_mm, True)
        for depth in (10.0, 25.0, 40.0):
            slow = oracle.turn_share(rigidity, TISSUE_N_PER_MM2, depth, pieces=800)
            worst = max(worst, abs(share_of(rigidity, depth) - slow))
    figure(
        "share of a turn that reaches the tip, 18-25G, 10-40 mm deep",
        100 * worst,
        asked="within 2",
        unit="%",
        kind="independent",
    )
    assert worst < 0.02


def test_bone_stops_presses_and_bows_the_shaft(figure: Figure) -> None:
    spec = NEEDLES["20G Quincke 88 mm"]
    bone = Gel(bone_depth_mm=30.0)
    gentle, hard = (pushed("20G Quincke 88 mm", way, gel=bone) for way in (30.4, 33.0))
    assert hard.stopped_by == "bone"
    assert hard.moved_mm <= 30.0
    assert (gentle.pose.bow_mm, gentle.contact_n < 8.0) == (0.0, True)
    assert hard.contact_n == pytest.approx(8.0)
    shortening = 3.0 - 1.0 + (30.0 - hard.moved_mm)  # 8 N at 8 N/mm is the first millimetre
    slow = oracle.half_sine_shortening_mm(hard.pose.bow_mm, 88.0 - hard.pose.inserted_mm)
    figure(
        "bow of a 20G shaft pressed 3 mm on bone 30 mm deep",
        hard.pose.bow_mm,
        asked="half sine, 2 %",
        unit="mm",
        kind="independent",
    )
    assert slow == pytest.approx(shortening, rel=0.02)
    points = np.array(needle_shape(spec, hard.pose).points_mm)
    assert np.abs(points[:, 2]).max() == pytest.approx(hard.pose.bow_mm, rel=0.02)
    assert np.array(needle_shape(spec, gentle.pose).points_mm)[-1][2] == pytest.approx(0.0, abs=3.0)
    assert pushed("20G Quincke 88 mm", 0.5, gel=bone, pose=hard.pose).contact_n < 8.0
    assert against_bone(NEEDLES["25G Quincke 88 mm"], True, 1.0, 40.0)[0] < 1.0
    assert against_bone(NEEDLES["18G Tuohy 88 mm"], True, 4.0, 40.0) == (15.0, 0.0)


def test_bow_of_a_shortened_shaft() -> None:
    for shortening in (0.2, 1.0, 2.0):
        made = oracle.half_sine_shortening_mm(bow_mm(shortening, 60.0), 60.0)
        assert made == pytest.approx(shortening, rel=0.02)


def test_csf_runs_as_the_reference_computes(figure: Figure) -> None:
    table = {18: (0.27, 0.107), 20: (0.069, 0.028), 22: (0.015, 0.006), 25: (0.002, 0.001)}
    from dataclasses import replace

    for gauge, row in table.items():
        spec = replace(NEEDLES[f"{gauge}G Quincke 88 mm"], length_mm=90.0)
        for pressure, expected in zip((15.0, 6.0), row, strict=True):
            flow = flow_ml_per_s(spec, pressure, CSF_MPA_S)
            figure(
                f"CSF through {gauge}G at {pressure:g} cmH2O",
                flow,
                asked=f"{expected:g}, its last digit",
                unit="mL/s",
                digits=2,
                kind="independent",
            )
            assert flow == pytest.approx(expected, abs=0.6 * 10.0 ** -len(str(expected).split(".")[1]))
    assert flow_ml_per_s(NEEDLES["20G Quincke 88 mm"], -1.0, CSF_MPA_S) == 0.0
