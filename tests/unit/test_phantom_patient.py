from itertools import groupby

import numpy as np
import pytest

from phantoms.body.tables import skin_depths_mm
from phantoms.catalogue import patient_names, patient_parameters
from phantoms.morphometry import morphometry
from phantoms.phantom import Label, ZoneLabel
from simulator.spatial.frames import patient_point
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN
from tests.oracles.anatomy_patient import anatomy, needle_points, spine, world

CLEARANCE_MM = 0.75  # a 0.9 mm needle with 0.3 mm to spare on each side


def test_patient_two_is_the_one_of_the_series():
    patient = patient_parameters("patient-2")
    assert (patient.age_years, patient.sex, patient.leak.level) == (41, "F", "L3/4")
    assert "patient-2" in patient_names()
    with pytest.raises(ValueError, match="patient-2"):
        patient_parameters("patient-99")


def first_bone(way, points):
    inside = np.flatnonzero(anatomy().bone_mm(points) < 0.0)
    return way[inside[0]] if len(inside) else np.inf


@pytest.mark.parametrize("name", ["L2", "L3", "L4"])
def test_canal_and_sac_are_those_of_the_table(name):
    level, row = morphometry()[name], spine().row.vertebrae[spine().row.names.index(name)]
    pedicle = row["s"] + 0.5 * row["height"] - 0.5 * row["pedicle_height"]
    depth = np.arange(5.0, 40.0, 0.05)
    ap = min(first_bone(depth, world(0.0, depth, pedicle + dz)) for dz in (-2, 0, 2))
    assert ap == pytest.approx(level.canal.canal_ap_mm, abs=level.canal.canal_ap_sd_mm)
    across = np.arange(3.0, 20.0, 0.05)
    width = max(
        sum(first_bone(across, world(side * across, 6.0, pedicle + dz)) for side in (1, -1)) for dz in (-2, 0, 2)
    )
    assert width == pytest.approx(level.canal.canal_transverse_mm, rel=0.1)
    line = world(0.0, depth - 5.0, row["s"])
    sac = 0.05 * np.count_nonzero(anatomy().dura_mm(line) < 0.0)
    assert sac == pytest.approx(level.dura.sac_ap_mm, abs=level.dura.sac_ap_sd_mm)


@pytest.mark.parametrize(("name", "disc"), [("L2", "L2/3"), ("L3", "L3/4"), ("L4", "L4/5")])
def test_depths_are_those_of_the_table(name, disc):
    level, s = morphometry()[name], spine().interspace_s_mm[disc]
    heights = s + np.arange(-10.0, 8.0, 0.5)
    depths = [anatomy().epidural_depth_mm(patient_point(world(0.0, 20.0, h)[0])) for h in heights]
    deepest = heights[int(np.argmax(depths))]
    assert max(depths) == pytest.approx(level.approach.epidural_post_depth_mm, rel=0.1)
    v = np.arange(0.0, 110.0, 0.05)
    line = world(0.0, v, deepest)
    skin = v[np.argmax(anatomy().skin_mm(line) > 0.0)]
    to_epidural = skin - spine().canal.at(spine().canal.walls.dorsal_apex_mm, deepest)
    assert to_epidural == pytest.approx(skin_depths_mm(spine().parameters)[FIVE_LUMBAR_COLUMN.index(name)], rel=0.1)
    assert abs(to_epidural - level.approach.skin_to_epidural_mm) < level.approach.skin_to_epidural_sd_mm
    assert anatomy().level(patient_point(line[200])) == disc


def test_the_stated_depth_is_what_the_labels_show():
    s = spine().interspace_s_mm["L3/4"] - 5.0
    v = np.arange(10.0, 30.0, 0.01)
    line = world(spine().canal.at(spine().canal.sac.u_mm, s), v, s)
    labels = anatomy().label(line)
    space = np.isin(labels, [Label.EPIDURAL_FAT, Label.EPIDURAL_COLLECTION, Label.EPIDURAL_VEIN])
    shown = 0.01 * np.count_nonzero(space & (v > 12.0))
    stated = anatomy().epidural_depth_mm(patient_point(line[0]))
    assert 2.0 < stated < 6.0
    assert shown == pytest.approx(stated, abs=0.3)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_the_paramedian_path_in_the_axial_plane_is_open(side):
    free = []
    for below in np.arange(-2.0, 14.0, 0.5):
        points, t = needle_points(side * 20.0, 0.0, below, step=0.3)
        if anatomy().bone_mm(points[t <= 0.0]).min() > CLEARANCE_MM:
            free.append(below)
    assert 0.5 * len(free) >= 6.0
    assert min(free) >= 1.0
    assert max(free) <= 12.0
    assert np.ptp(free) == pytest.approx(0.5 * (len(free) - 1))  # one band, no islands


@pytest.mark.parametrize("tilt", [10.0, 15.0])
def test_the_midline_path_is_open_with_a_cranial_tilt(tilt):
    free = 0
    for below in np.arange(-4.0, 14.0, 0.5):
        points, t = needle_points(0.0, tilt, below, step=0.3)
        free += anatomy().bone_mm(points[t <= 0.0]).min() > CLEARANCE_MM
    assert 0.5 * free >= 4.0


def layers(points):
    return [Label(int(label)) for label, _ in groupby(anatomy().label(points))]


@pytest.mark.parametrize(("tilt", "below"), [(10.0, 5.0), (15.0, 2.0)])
def test_layers_on_the_midline_come_in_order(tilt, below):
    points, _ = needle_points(0.0, tilt, below)
    seen = layers(points)
    order = [Label.AIR, Label.SKIN, Label.SUBCUTANEOUS_FAT, Label.SUPRASPINOUS_LIGAMENT]
    order += [Label.INTERSPINOUS_LIGAMENT, Label.LIGAMENTUM_FLAVUM]
    assert seen[: len(order)] == order
    rest = seen[len(order) : seen.index(Label.DURA)]
    assert set(rest) <= {Label.EPIDURAL_FAT, Label.EPIDURAL_COLLECTION}
    assert Label.EPIDURAL_COLLECTION in rest
    assert seen[seen.index(Label.DURA) + 1] == Label.CEREBROSPINAL_FLUID


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_layers_beside_the_midline_come_in_order(side):
    points, _ = needle_points(side * 20.0, 0.0, 7.0)
    seen = [label for label in layers(points) if label not in (Label.LIGAMENT, Label.INTERSPINOUS_LIGAMENT)]
    collapsed = [label for label, _ in groupby(seen)]
    order = [Label.AIR, Label.SKIN, Label.SUBCUTANEOUS_FAT, Label.MUSCLE]
    assert collapsed[: len(order)] == order
    flavum, dura = collapsed.index(Label.LIGAMENTUM_FLAVUM), collapsed.index(Label.DURA)
    assert set(collapsed[len(order) : flavum]) <= {Label.SUBCUTANEOUS_FAT, Label.MUSCLE}
    assert set(collapsed[flavum + 1 : dura]) <= {Label.EPIDURAL_FAT, Label.EPIDURAL_COLLECTION}
    assert collapsed[dura + 1] == Label.CEREBROSPINAL_FLUID


def test_skin_and_fat_cover_the_spinous_processes():
    v, s = (q.ravel() for q in np.meshgrid(np.arange(35.0, 85.0, 0.5), np.arange(-70.0, 90.0, 1.0)))
    line = world(0.0, v, s)
    skin = anatomy().skin_mm(line)[anatomy().bone_mm(line) < 0.0]
    assert len(skin) > 500
    assert np.all(skin < -6.0)


def cloud(count=6000, seed=3):
    rng = np.random.default_rng(seed)
    return world(rng.uniform(-24, 24, count), rng.uniform(-8, 26, count), rng.uniform(-60, 90, count))


def test_nothing_overlaps_that_may_not():
    points = cloud()
    body = anatomy()
    label, dura, bone, zone = (
        body.label(points),
        body.dura_mm(points),
        body.bone_mm(points),
        body.zone(points),
    )
    neural = body.neural_mm(points)
    assert not np.any((dura < -0.05) & (bone < 0.0))
    assert not np.any((neural < 0.0) & (bone < 0.0))
    assert np.all(dura[label == Label.EPIDURAL_COLLECTION] >= 0.0)
    assert np.all(dura[label == Label.CEREBROSPINAL_FLUID] < 0.0)
    assert np.all(bone[np.isin(label, [Label.CORTICAL_BONE, Label.SPONGIOSA])] <= 0.0)
    assert np.all(neural[label == Label.NERVE_ROOT] <= 0.0)
    assert np.all(zone[dura < 0.0] == ZoneLabel.OUTSIDE)
    assert np.all(zone[bone < 0.0] == ZoneLabel.OUTSIDE)
    assert np.all(zone[label == Label.LIGAMENTUM_FLAVUM] == ZoneLabel.OUTSIDE)
    assert np.all(zone[label == Label.EPIDURAL_COLLECTION] != ZoneLabel.OUTSIDE)
    assert np.all(zone[label == Label.FORAMEN] != ZoneLabel.DORSAL)


def test_strands_of_the_cauda_stay_inside_the_sac():
    canal = spine().canal
    for i in range(0, len(canal.s_mm), 20):
        s = canal.s_mm[i]
        if not -70.0 < s < 100.0:
            continue
        here = canal.nerves.strands[i][canal.nerves.strands[i, :, 2] > 0.05]
        inside = anatomy().dura_mm(world(here[:, 0], here[:, 1], np.full(len(here), s)))
        assert np.all(inside < -here[:, 2])


def test_roots_end_in_sleeves_or_sac_and_fall_in_number():
    canal = spine().canal
    upper = np.count_nonzero(canal.nerves.strands[np.searchsorted(canal.s_mm, 60.0), :, 2] > 0.05)
    lower = np.count_nonzero(canal.nerves.strands[np.searchsorted(canal.s_mm, -50.0), :, 2] > 0.05)
    assert upper > lower > 6
    for root in canal.nerves.roots:
        start = world(*root.uvs_mm[0])
        if start[0, 2] > -90.0:
            assert anatomy().dura_mm(start)[0] < -0.5


def test_zones_lie_where_their_names_say():
    s = spine().interspace_s_mm["L3/4"]
    canal = spine().canal
    back = canal.at(canal.sac.v_mm, s) + canal.at(canal.sac.half_ap_mm, s)
    across = canal.at(canal.sac.half_width_mm, s)
    at = {
        ZoneLabel.DORSAL: world(0.0, back + 2.0, s - 4.0),
        ZoneLabel.LATERAL: world(across + 1.5, canal.at(canal.sac.v_mm, s), s),
        ZoneLabel.VENTRAL: world(0.0, 0.5, s),
        ZoneLabel.FORAMINAL: world(canal.at(canal.walls.half_width_mm, s) + 2.0, 3.0, s),
        ZoneLabel.OUTSIDE: world(0.0, 60.0, s),
    }
    for zone, point in at.items():
        assert anatomy().zone(point)[0] == zone, zone


def test_the_collection_holds_less_iodine_than_the_sac_and_is_widest_at_the_hole():
    canal = spine().canal
    leaking = canal.fluid.collection_thickness_mm > 0.0
    assert np.all(canal.fluid.collection_iodine_mg_per_ml[leaking] < canal.fluid.csf_iodine_mg_per_ml[leaking])
    s = canal.s_mm[np.argmax(canal.fluid.collection_thickness_mm)]
    assert s == pytest.approx(spine().interspace_s_mm["L3/4"], abs=1.0)
    ratio = canal.fluid.collection_iodine_mg_per_ml / canal.fluid.csf_iodine_mg_per_ml
    assert 0.5 <= ratio.max() <= 1.0
    hu = 26.1 * canal.fluid.csf_iodine_mg_per_ml[np.abs(canal.s_mm) < 60] + 11
    assert 600 < hu.min() < hu.max() < 1100
