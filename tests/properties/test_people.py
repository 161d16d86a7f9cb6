"""People drawn from a seed: nothing overlaps that may not, windows are open, needles reach what they are to reach."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest

from phantoms.body.tables import skin_depths_mm
from phantoms.build import anatomical_landmarks
from phantoms.canal.canal_model import CanalModel
from phantoms.canal.synthetic_canal import synthetic_canal
from phantoms.interlaminar_windows import find_interlaminar_window
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import Label, ZoneLabel
from phantoms.spinal_curve import BONE_SCALE, along, centreline, disc_positions_mm, positions_mm
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.vertebra_shape import spinous_tip_mm, tabled_or_assumed
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace

NEEDLE_MM = 0.75  # from bone: a 0.9 mm needle with 0.3 mm to spare on each side
INTERSPACES = [Interspace.between(upper, lower) for upper, lower in pairwise(FIVE_LUMBAR_COLUMN)]
REGIONS = {  # vertebrae, the interspace that lies level, and interspaces with a way in the axial plane
    "neck": (("C3", "T2"), "T4/5", ("C6/7", "C7/T1")),
    "loins": (("T12", "S1"), "L3/4", ("L2/3", "L3/4", "L4/5")),
}


def canal_of(person: PatientParameters) -> tuple[CanalModel, np.ndarray, np.ndarray]:
    found = synthetic_canal(person, centreline(person), skin_depths_mm(person))
    return found.model, found.deep_mm, found.skin_v_mm


def region_of(seed: int, region: str) -> Spine:
    (first, last), level, _ = REGIONS[region]
    names = FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index(first) : FIVE_LUMBAR_COLUMN.index(last) + 1]
    leak = REGIONS[region][2][seed % 2]
    return build_spine(random_person(seed, vertebrae=names, leak_level=leak, level_interspace=level))


@cache
def few() -> tuple[tuple[str, Spine], ...]:
    return tuple((region, region_of(seed, region)) for region in REGIONS for seed in (11, 12))


def check_tables(seed: int) -> None:
    """Cord inside sac inside canal, published depths, an open window, skin over the processes: the whole column."""
    person = random_person(seed)
    canal, deep, skin_v = canal_of(person)
    s = canal.s_mm
    body_s = positions_mm(FIVE_LUMBAR_COLUMN, person.sex)
    shown = (s < body_s[0]) & (s > body_s[-1])
    front, back = canal.sac.v_mm - canal.sac.half_ap_mm, canal.sac.v_mm + canal.sac.half_ap_mm
    has_cord = canal.cord.half_ap_mm > 0.3
    assert np.all(canal.cord.v_mm[has_cord] + canal.cord.half_ap_mm[has_cord] < back[has_cord] - 0.35)
    assert np.all(canal.cord.v_mm[has_cord] - canal.cord.half_ap_mm[has_cord] > front[has_cord] + 0.35)
    assert np.all(canal.cord.half_width_mm[has_cord] < canal.sac.half_width_mm[has_cord] - 0.35)
    assert np.all(front[shown] > 0.3)
    assert np.all(back[shown] < canal.walls.dorsal_apex_mm[shown])
    assert np.all(canal.sac.half_width_mm[shown] < canal.walls.half_width_mm[shown])
    assert canal.sac.half_ap_mm[shown].min() > 3.0
    scale = BONE_SCALE[person.sex]
    tip = along(body_s, [spinous_tip_mm(name, scale) for name in FIVE_LUMBAR_COLUMN], s)
    assert np.all(skin_v[shown] > tip[shown] + 4.0)
    discs = disc_positions_mm(FIVE_LUMBAR_COLUMN, person.sex)
    for name, disc, depth in list(zip(FIVE_LUMBAR_COLUMN, discs.values(), deep, strict=False))[
        1:
    ]:  # the atlas has no lamina
        published = tabled_or_assumed(morphometry()[name], "epidural_post_depth_mm")
        near = np.abs(s - disc) < 12.0
        found = float((canal.walls.dorsal_apex_mm - back)[near].max())
        # a canal wider than the mean leaves more behind the sac, up to two of its standard deviations
        room = 2.0 * morphometry()[name].canal.canal_ap_sd_mm
        assert 0.85 * published - 0.35 < found < 1.15 * published + room, (seed, name, depth)
        assert np.count_nonzero(near & (canal.walls.flavum_thickness_mm > 0.3)) > 6, (seed, name)


def check_solids(spine: Spine, region: str) -> None:
    """Neither bone nor nerves nor fluid lie in each other, and a needle in the axial plane finds a way."""
    rng = np.random.default_rng(3)
    names, rows = spine.row.names, spine.row.vertebrae
    body = SyntheticAnatomy.from_spine(spine)
    s = rng.uniform(rows["s"][-2], rows["s"][1], 3000)
    points = spine.canal.centreline.from_canal_coordinates(rng.uniform(-24, 24, 3000), rng.uniform(-8, 26, 3000), s)
    label, dura, bone, neural = (ask(points) for ask in (body.label, body.dura_mm, body.bone_mm, body.neural_mm))
    zone = body.zone(points)
    assert not np.any((dura < -0.05) & (bone < 0.0)), names
    assert not np.any((neural < 0.0) & (bone < 0.0)), names
    assert np.all(body.cord_mm(points)[dura > 0.0] > 0.0)
    assert np.all(dura[label == Label.EPIDURAL_COLLECTION] >= 0.0)
    assert np.all(zone[(dura < 0.0) | (bone < 0.0)] == ZoneLabel.OUTSIDE)
    marks = anatomical_landmarks(spine)
    for level in REGIONS[region][2]:
        window = find_interlaminar_window(body, marks.interspaces, level, (-2000.0, 2000.0), angle_step_deg=8.0)
        assert len(window.planes) >= 2, (spine.parameters.name, level)


def needle_way(seed: int, level: str) -> tuple[float, float] | None:
    """Cranial tilt and angle to the side, degrees, of a straight way to the dorsal space that touches neither bone nor
    dura, the least tilt first: to the midline or 3 mm beside it, up to 32 degrees to a side, tilts up to 60 (45, SD
    7, at T5 [IMB10]).
    """
    first = min(max(INTERSPACES.index(level) - 2, 0), len(FIVE_LUMBAR_COLUMN) - 6)
    spine = build_spine(random_person(seed, vertebrae=FIVE_LUMBAR_COLUMN[first : first + 6], level_interspace=level))
    body, canal = SyntheticAnatomy.from_spine(spine), spine.canal
    heights = spine.interspace_s_mm[level] + np.arange(-12.0, 8.1, 1.0)
    depths = np.array([canal.epidural_depth_mm(height) for height in heights])
    t = np.arange(0.0, 90.0, 0.75)[:, None]
    for tilt in range(0, 61, 5):
        for k in np.argsort(-depths)[:12]:
            middle = canal.at(canal.walls.dorsal_apex_mm, heights[k]) - 0.5 * min(depths[k], 3.0)
            for aside, angle in product((0.0, 3.0, -3.0), (0, 8, -8, 14, -14, 20, -20, 26, -26, 32, -32)):
                u = canal.at(canal.sac.u_mm, heights[k]) + aside
                target = canal.centreline.from_canal_coordinates(u, middle - 0.5 * abs(aside), heights[k])[0]
                turn, rise = np.radians(angle), np.radians(tilt)
                way = np.array([np.sin(turn), np.cos(turn), -np.tan(rise)])
                points = target + t * way / np.linalg.norm(way)
                if body.bone_mm(points).min() > NEEDLE_MM and body.dura_mm(points).min() > 0.0:
                    return float(tilt), float(angle)
    return None


def test_one_seed_is_one_person_whatever_is_shown_of_them() -> None:
    whole, part = random_person(5), random_person(5, vertebrae=FIVE_LUMBAR_COLUMN[3:10], level_interspace="T4/5")
    same = ("age_years", "sex", "bmi_kg_per_m2", "variation", "lordosis_deg", "conus_levels", "body_half_width_mm")
    assert [getattr(whole, name) for name in same] == [getattr(part, name) for name in same]
    assert random_person(5) == whole
    assert random_person(6) != whole


def test_a_hundred_people_have_room_for_everything() -> None:
    for seed in range(100):
        check_tables(seed)


def test_people_keep_their_solids_apart_and_their_windows_open() -> None:
    for region, spine in few():
        check_solids(spine, region)


def test_a_thoracic_window_opens_to_a_needle_that_climbs() -> None:
    """Laminae overlap there: at mid chest a needle must climb (45 degrees at T5, 10 at T10, reference section 3)."""
    names = FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index("T3") : FIVE_LUMBAR_COLUMN.index("T9") + 1]
    spine = build_spine(random_person(4, vertebrae=names, level_interspace="T5/6"))
    body, canal = SyntheticAnatomy.from_spine(spine), spine.canal
    free = {}
    for tilt in (0.0, 40.0):
        free[tilt] = 0
        for below in np.arange(-4.0, 12.0, 0.5):
            s = spine.interspace_s_mm["T7/8"] - below
            target = canal.centreline.from_canal_coordinates(3.0, canal.at(canal.walls.dorsal_apex_mm, s) - 2.7, s)[
                0
            ]  # beside the spinous process
            t = np.arange(0.0, 60.0, 0.5)[:, None]
            way = np.array([np.sin(np.radians(18.0)), 1.0, -np.tan(np.radians(tilt))])
            points = target + t * way / np.linalg.norm(way)
            free[tilt] += int(body.bone_mm(points).min() > NEEDLE_MM)
    assert free[40.0] > free[0.0]
    assert free[40.0] >= 2


@pytest.mark.parametrize("level", ["C5/6", "C6/7", "C7/T1", "T2/3", "T6/7", "T10/11", "L1/2", "L4/5", "L5/S1"])
def test_a_needle_finds_a_way_at_every_height(level: str) -> None:
    way = needle_way(21, level)
    assert way is not None, level
    if level[0] == "L":
        assert way[0] <= 10.0


@pytest.mark.slow
def test_a_needle_finds_a_way_in_a_thousand_people() -> None:
    """One interspace of each in turn, from C6/7 down: above there is no dorsal space to go to."""
    levels_ = INTERSPACES[INTERSPACES.index("C6/7") :]
    none = [(seed, levels_[seed % len(levels_)]) for seed in range(100, 1100)
            if needle_way(seed, levels_[seed % len(levels_)]) is None]  # fmt: skip
    assert not none


@pytest.mark.slow
def test_a_thousand_people_have_room_for_everything() -> None:
    for seed in range(100, 1100):
        check_tables(seed)
    for seed in range(100, 130):
        for region in REGIONS:
            check_solids(region_of(seed, region), region)
