"""How sure what is derived of a CT is, and a patient who is drawn from that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import simulator.scenario.patient_build as patient_build
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct import patient as ct_patient
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.derived_bands import DURA_BAND, FLAVUM_BAND, derived_bands
from phantoms.from_ct.derived_errors import MOST_DEVIATES, DerivedDraw, derived_error, draw_derived
from phantoms.from_ct.files import read_ct, real_patient
from phantoms.from_ct.image import CtImage
from phantoms.from_ct.real_patients import RealPatientParameters
from simulator.engine.streams import Stream, generator
from simulator.errors import UserInputError
from simulator.scenario.load import load_scenario
from simulator.scenario.preview_bands import draw_axial_bands
from simulator.scenario.schema import Scenario
from simulator.strategies.patients import patient_key
from simulator.vocabulary.levels import Interspace
from tests.conftest import PROJECT

LEVEL = Interspace.L3_4
REAL = PROJECT / "scenarios" / "real-ct.toml"


@pytest.fixture(scope="module")
def ct() -> CtImage:
    ct_path, labels_path, _ = real_patient("lumbopelvic-3mm")
    return read_ct(ct_path, labels_path)


def fitted(ct: CtImage, draw: DerivedDraw | None) -> CtAnatomy:
    """The anatomy of the CT that ships, without voxels."""
    parameters = RealPatientParameters(
        name="x", sac_scale=1.0, seed=1, leak=None, myelogram=MyelogramParameters(volume_ml=0.0), draw=draw
    )
    return ct_patient._fit(ct, parameters, lambda what, done: None).anatomy


@pytest.fixture(scope="module")
def derived(ct: CtImage) -> CtAnatomy:
    return fitted(ct, None)


@pytest.fixture(scope="module")
def drawn(ct: CtImage) -> CtAnatomy:
    return fitted(ct, DerivedDraw(dura=-1.0, depth=-1.0))


def dura_back(anatomy: CtAnatomy, level: Interspace = LEVEL) -> float:
    sac = anatomy.canal.sac
    return anatomy.canal.at(sac.v_mm + sac.half_ap_mm, anatomy.interspace_s_mm[level])


def depth(anatomy: CtAnatomy, level: Interspace = LEVEL) -> float:
    return anatomy.canal.epidural_depth_mm(anatomy.interspace_s_mm[level])


@pytest.mark.parametrize("level", Interspace)
def test_coarser_voxels_are_less_sure(level: Interspace) -> None:
    fine = derived_error(level, 0.7, 3.0)
    for coarse in (derived_error(level, 1.5, 3.0), derived_error(level, 0.7, 6.0)):
        for name in ("dura_mm", "flavum_mm", "depth_mm"):
            assert getattr(coarse, name) > getattr(fine, name) > 0.0
    edge = (36.0 - 9.0) / 12.0
    assert derived_error(level, 0.7, 6.0).dura_mm == pytest.approx((fine.dura_mm**2 + edge) ** 0.5)


def test_a_sixth_lumbar_vertebra_is_as_unsure_as_the_fifth() -> None:
    assert derived_error(Interspace.L6_S1, 0.8, 2.0) == derived_error(Interspace.L5_S1, 0.8, 2.0)


def test_a_draw_moves_the_edges_by_their_errors(derived: CtAnatomy, drawn: CtAnatomy) -> None:
    error = derived.sure.levels[LEVEL]
    assert dura_back(drawn) - dura_back(derived) == pytest.approx(-error.dura_mm, abs=0.25 * error.dura_mm)
    assert depth(drawn) - depth(derived) == pytest.approx(-error.depth_mm, abs=0.35 * error.depth_mm)
    front = [a.canal.at(a.canal.sac.v_mm - a.canal.sac.half_ap_mm, a.interspace_s_mm[LEVEL]) for a in (derived, drawn)]
    assert front[1] == pytest.approx(front[0], abs=0.15)  # the posterior wall is seen


def test_a_draw_stays_before_the_bone(ct: CtImage) -> None:
    anatomy = fitted(ct, DerivedDraw(dura=MOST_DEVIATES, depth=MOST_DEVIATES))
    canal = anatomy.canal
    s = np.arange(*(anatomy.interspace_s_mm[level] for level in (Interspace.L4_5, Interspace.L2_3)), 1.0)
    back = np.interp(s, canal.s_mm, canal.sac.v_mm + canal.sac.half_ap_mm)
    u = np.interp(s, canal.s_mm, canal.sac.u_mm)
    assert anatomy.bone_mm(canal.centreline.from_canal_coordinates(u, back, s)).min() > 0.0


def test_a_seed_draws_one_patient_within_the_range() -> None:
    draws = [draw_derived(generator(seed, Stream.DERIVED, 0)) for seed in range(300)]
    assert draws == [draw_derived(generator(seed, Stream.DERIVED, 0)) for seed in range(300)]
    for name in ("dura", "depth"):
        values = np.array([getattr(one, name) for one in draws])
        assert np.abs(values).max() <= MOST_DEVIATES
        assert 0.8 < values.std() < 1.1
        assert abs(values.mean()) < 0.2


def test_the_sessions_seed_draws_the_patient_where_the_case_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    class Built(Exception):  # noqa: N818 - what is built is of no interest here
        pass

    given: list[DerivedDraw | None] = []

    def capture(*arguments: object) -> None:
        given.append(arguments[5])
        raise Built

    monkeypatch.setattr(patient_build, "real_phantom", capture)
    plain = load_scenario(REAL).scenario_for(1)
    asked = load_scenario(REAL, overrides={"patient.derived_draw": True}).scenario_for(1)
    for scenario, seed in ((asked, 1), (asked, 1), (asked, 2), (plain, 1)):
        with pytest.raises(Built):
            patient_build.build_case_patient(scenario, "case", REAL.parent, seed, None)
    assert given[0] == given[1] != given[2]
    assert given[0] is not None
    assert given[3] is None


def test_a_study_keeps_no_patient_for_another_seed() -> None:
    plain = load_scenario(REAL).scenario_for(1)
    asked = plain.model_copy(update={"patient": plain.patient.model_copy(update={"derived_draw": True})})

    def key(scenario: Scenario, seed: int) -> str:
        return patient_key(scenario.model_dump(mode="json"), "", seed)

    assert key(plain, 1) == key(plain, 2)
    assert key(asked, 1) != key(asked, 2)
    assert key(plain, 1) != key(asked, 1)


def test_a_phantom_is_not_drawn_from_errors() -> None:
    with pytest.raises(UserInputError) as refused:
        load_scenario(PROJECT / "scenarios" / "patient-2.toml", overrides={"patient.derived_draw": True})
    text = str(refused.value)
    assert "patient.derived_draw" in text
    assert "leave it out, or name a CT" in text
    assert text.count("derived_draw") == 1


def test_bands_lie_about_what_was_derived(derived: CtAnatomy, drawn: CtAnatomy) -> None:
    canal, s = derived.canal, derived.interspace_s_mm[LEVEL] - 4.0
    error = derived.sure.levels[LEVEL]
    back = canal.at(canal.sac.v_mm + canal.sac.half_ap_mm, s)
    flavum = canal.at(canal.walls.dorsal_apex_mm, s) + canal.at(canal.walls.flavum_thickness_mm, s)
    u = canal.at(canal.sac.u_mm, s)

    def at(v: float, anatomy: CtAnatomy = derived) -> int:
        place = canal.centreline.from_canal_coordinates(np.array([u]), np.array([v]), np.array([s]))
        return int(derived_bands(anatomy, place)[0])

    for anatomy in (derived, drawn):
        assert at(back, anatomy) == DURA_BAND
    assert at(back - 0.85 * error.dura_mm) == DURA_BAND
    assert at(back - 1.2 * error.dura_mm - 0.1) == 0
    assert at(flavum + 0.85 * error.flavum_mm) == FLAVUM_BAND
    assert at(flavum + 1.2 * error.flavum_mm + 0.1) == 0


def test_the_picture_of_a_case_has_the_bands(derived: CtAnatomy) -> None:
    class Shown:
        """Pixels of half a millimetre, row 0 at y = 60, column 0 at x = -50."""

        def pixel_of(self, x_mm: float, y_mm: float) -> tuple[float, float]:
            return (60.0 - y_mm) / 0.5, (x_mm + 50.0) / 0.5

    class Who:
        anatomy = derived

    canal, s = derived.canal, derived.interspace_s_mm[LEVEL] - 4.0
    back = canal.at(canal.sac.v_mm + canal.sac.half_ap_mm, s)
    x, y, z = canal.centreline.from_canal_coordinates(
        np.array([canal.at(canal.sac.u_mm, s)]), np.array([back]), np.array([s])
    )[0]
    axis = Figure().add_subplot()
    axis.imshow(np.zeros((240, 200)))
    assert draw_axial_bands(axis, Who(), Shown(), z, (x, y - back))
    bands = axis.images[-1]
    left, right, first, last = bands.get_extent()
    row, column = Shown().pixel_of(x, y)
    rgba = bands.get_array()
    j = round((row - first) / (last - first) * (rgba.shape[0] - 1))
    i = round((column - left) / (right - left) * (rgba.shape[1] - 1))
    assert rgba[j, i, 3] > 0.0
    assert rgba[j, i, 2] > rgba[j, i, 1]  # pink: the dura's
    assert axis.get_xlim() == (-0.5, 199.5)


def test_parameters_of_a_draw_are_part_of_who_is_kept(ct: CtImage) -> None:
    plain = ct_patient._cache_key(ct, ("L3/4", None))
    assert plain != ct_patient._cache_key(ct, ("L3/4", DerivedDraw(dura=0.5, depth=0.0)))
    assert replace(DerivedDraw(dura=0.5, depth=0.0), depth=0.1) != DerivedDraw(dura=0.5, depth=0.0)
