"""Six lumbar vertebrae: the column, canal, roots and windows go on one level farther, and a count from below errs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from phantoms.body.tables_kernels import CREST_S
from phantoms.build import anatomical_landmarks
from phantoms.canal.roots import segments_mm
from phantoms.canal.thecal_sac import FluidColumn, conus_s_mm
from phantoms.interlaminar_windows import find_interlaminar_window
from phantoms.parameters import PatientParameters, Variation
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spinal_curve import positions_mm, tilts_deg, with_sixth_lumbar
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.operators.request import bounding_vertebrae, requested_interspace
from simulator.patient.sensation import radicular_words
from simulator.scenario.load import load_scenario
from simulator.scenario.semantic_checks import find_semantic_errors
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, SIX_LUMBAR_COLUMN, Interspace

SHOWN = FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index("T11") :]
BELOW = ("L4/5", "L5/6", "L6/S1")


def five() -> PatientParameters:
    return replace(random_person(8, vertebrae=SHOWN, sex="F"), wear=0.0)


def six() -> PatientParameters:
    return with_sixth_lumbar(replace(five(), interspaces=(*five().interspaces, "L5/S1")))


@cache
def spines() -> tuple[Spine, Spine]:
    return build_spine(five()), build_spine(six())


def test_the_names_go_on_and_what_lies_above_stays() -> None:
    plain, grown = spines()
    assert grown.row.names == (*SHOWN[:-1], "L6", "S1")
    assert six().interspaces[-3:] == BELOW
    assert [Interspace.between(a, b) for a, b in pairwise(grown.row.names)] == list(grown.interspace_s_mm)
    above = slice(None, len(SHOWN) - 1)
    for field in ("s", "height", "joint_skew", "spinous_tip"):
        assert np.array_equal(plain.row.vertebrae[field][above], grown.row.vertebrae[field][above]), field
    longer = float(plain.row.vertebrae["s"][-1] - grown.row.vertebrae["s"][-1])
    assert 27.0 < longer < 38.0  # one lumbar level
    assert grown.row.vertebrae["joint_skew"][-1] == plain.row.vertebrae["joint_skew"][-1]  # the same sacrum


def test_a_count_from_the_sacrum_is_one_level_off() -> None:
    plain, grown = ([*spine.interspace_s_mm] for spine in spines())
    assert (plain[-2], grown[-2]) == ("L4/5", "L5/6")
    assert grown.index("L4/5") == plain.index("L4/5")  # from the ribs nobody errs
    crest = [float(spine.body_arrays.shape[CREST_S]) for spine in spines()]
    assert crest[0] - crest[1] > 27.0  # nor does the iliac crest help: it goes with the sacrum


def test_lordosis_is_that_of_the_person() -> None:
    for person in (five(), six()):
        lean = dict(zip(person.column, tilts_deg(person), strict=True))
        assert lean["L1"] - lean["S1"] == pytest.approx(person.lordosis_deg)
    assert np.all(np.diff([tilts_deg(six())[six().column.index(name)] for name in ("L4", "L5", "L6", "S1")]) < -3.0)


def test_cord_sac_and_roots_agree_with_one_more_vertebra() -> None:
    plain, grown = spines()
    at = positions_mm(SIX_LUMBAR_COLUMN, "F")
    assert conus_s_mm(at, 0.0) == conus_s_mm(positions_mm(FIVE_LUMBAR_COLUMN, "F"), 0.0)
    names = [f"{root.vertebra} {root.side}" for root in grown.canal.nerves.roots]
    assert names[-4:] == ["L6 left", "L6 right", "S1 left", "S1 right"]
    starts = [root.uvs_mm[0, 2] for root in grown.canal.nerves.roots[::2]]
    assert np.all(np.diff(starts) < -20.0)
    segments = segments_mm(at, conus_s_mm(at, 0.0))
    assert list(segments) == list(SIX_LUMBAR_COLUMN)
    assert segments["L5"] >= segments["L6"] >= segments["S1"] > conus_s_mm(at, 0.0)
    wide, narrow = (
        FluidColumn.for_person(positions_mm(column, "F"), 1.0, Variation(), 0.0)
        for column in (SIX_LUMBAR_COLUMN, FIVE_LUMBAR_COLUMN)
    )
    assert 2.0 < wide.volume_ml - narrow.volume_ml < 6.0  # of one more lumbar level
    ends = [float(spine.row.vertebrae["s"][-1]) for spine in spines()]
    for spine, end in zip(spines(), ends, strict=True):  # the sac ends at S2, whatever is above
        assert spine.canal.at(spine.canal.sac.half_ap_mm, end) == pytest.approx(
            plain.canal.at(plain.canal.sac.half_ap_mm, ends[0]), abs=0.05
        )
        assert spine.canal.at(spine.canal.sac.half_ap_mm, end - 31.0) < 0.2


def test_solids_keep_apart_and_a_needle_finds_a_way_at_every_level() -> None:
    spine = spines()[1]
    body, rows = SyntheticAnatomy.from_spine(spine), spine.row.vertebrae
    rng = np.random.default_rng(3)
    s = rng.uniform(rows["s"][-1], rows["s"][-4], 3000)
    points = spine.canal.centreline.from_canal_coordinates(rng.uniform(-24, 24, 3000), rng.uniform(-8, 26, 3000), s)
    dura, bone, neural = body.dura_mm(points), body.bone_mm(points), body.neural_mm(points)
    assert not np.any((dura < -0.05) & (bone < 0.0))
    assert not np.any((neural < 0.0) & (bone < 0.0))
    marks = anatomical_landmarks(spine)
    for level in BELOW:
        window = find_interlaminar_window(body, marks.interspaces, level, (-2000.0, 2000.0), angle_step_deg=8.0)
        assert len(window.planes) >= 3, level
        assert body.level(window.target_mm) == level
    centre = np.array([marks.vertebral_bodies["L6"]])
    assert body.label(centre)[0] == Label.SPONGIOSA


@pytest.mark.parametrize(("changes", "said"), [
    ({"vertebrae": (*SHOWN[:-1], "L6", "S1")}, "neighbours"),
    ({"sixth_lumbar": True}, "with L6"),
    ({"sixth_lumbar": True, "sacralised_l5": True, "vertebrae": (*SHOWN[:-1], "L6", "S1")}, "not possible together"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        build_spine(replace(five(), **changes))  # type: ignore[arg-type]


def test_a_case_where_the_request_counts_from_the_sacrum() -> None:
    scenario = load_scenario(Path("sixth-lumbar")).scenario_for(1)
    assert requested_interspace(scenario.text.request) == "L4/5"
    assert scenario.leak.level == "L5/6"
    person = resolve_parameters(scenario.patient)
    assert person.vertebrae[-3:] == ("L5", "L6", "S1")
    assert {"L4/5", "L5/6", "L6/S1"} <= set(person.interspaces)
    assert "L5/S1" not in person.interspaces
    assert bounding_vertebrae(Interspace.L5_6) == ("L5", "L6")
    assert bounding_vertebrae(Interspace.L6_S1) == ("L6", "S1")
    assert "heel" in radicular_words("L6/S1", "left")  # it does what S1 does in others


@pytest.mark.parametrize(("extends", "body", "said"), [
    ("patient-2", '[leak]\nlevel = "L5/6"\nneedle_levels = ["L6/S1"]', ("'L5/6'", "'L6/S1'", "L5/S1")),
    ("sixth-lumbar", '[leak]\nlevel = "L5/S1"\nneedle_levels = []', ("'L5/S1'", "L5/6, L6/S1")),
    ("patient-5", "[patient]\nsixth_lumbar = true", ("lowest vertebrae are not shown",)),
    ("sixth-lumbar", "[patient]\nsacralised_l5 = true", ("has no L6 below it",)),
])  # fmt: skip
def test_levels_that_the_patient_has_not_are_named(
    extends: str, body: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    from simulator.errors import UserInputError

    path = tmp_path / "case.toml"
    path.write_text(f'format = 1\ntitle = "x"\nextends = "{extends}"\n{body}\n')
    with pytest.raises(UserInputError) as fault:
        load_scenario(path)
    for words in said:
        assert words in str(fault.value)


def test_a_whole_spine_has_it_too(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('format = 1\ntitle = "x"\nextends = "sixth-lumbar"\n[patient]\nwhole_spine = true\n')
    scenario = load_scenario(path).scenario_for(1)
    assert resolve_parameters(scenario.patient).vertebrae == SIX_LUMBAR_COLUMN
    assert not find_semantic_errors(scenario, tmp_path)
