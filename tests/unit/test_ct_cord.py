"""A cord among the labels of a CT: what has a cord's size is taken, the canal's content lends its middle alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import phantoms.from_ct.patient as ct_phantom
from phantoms.canal.canal_model import SpinalCord
from phantoms.canal.centreline import curve_through
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct.bony_canal import ANGLES, CanalMeasure
from phantoms.from_ct.cord import CENTRE, SECTION, CordSeen, cord_in_labels, fit_cord
from phantoms.from_ct.files import phantom_from_ct, read_ct
from phantoms.from_ct.image import SPINAL_CORD
from phantoms.from_ct.labels import around
from phantoms.from_ct.quality import GUESSED, SEEN, assess_quality
from phantoms.from_ct.voxels import grids
from phantoms.phantom import VoxelGrid
from simulator.vocabulary.levels import Interspace
from tests.real_data import real_data

Mask = NDArray[np.bool_]
S = np.arange(-80.0, 100.0, 0.5)
AT = {"T11": 75.0, "T12": 46.0, "L1": 15.0, "L2": -18.0, "L3": -52.0}
CONUS = 9.0  # of the table
SAC = (np.zeros_like(S), np.full_like(S, 8.0), np.full_like(S, 7.0), np.full_like(S, 8.5))
GRID = VoxelGrid(origin_mm=(-30.0, -40.0, -80.0), spacing_mm=(0.75, 0.75, 1.5), shape=(120, 107, 80))


def measure() -> CanalMeasure:
    """A canal that leans to the back by a fifth of its length."""
    z = np.linspace(-90.0, 110.0, 9)
    return CanalMeasure(
        names=tuple(AT), cut=(), centreline=curve_through(np.column_stack([0.0 * z, 0.2 * z, z])), body_s_mm=AT,
        height_mm=dict.fromkeys(AT, 24.0), body_centre_mm={}, disc_s_mm={}, s_mm=S,
        free_mm=np.full((len(S), ANGLES), 12.0), spinous_mm=np.zeros((1, 2)),
    )  # fmt: skip


def painted(half_ap: float, half_width: float, u0: float = 1.3, v0: float = 9.5, lowest: float = -20.0) -> Mask:
    """An elliptical cylinder along the canal [shape=(z, y, x)] from arc length `lowest` up."""
    k, j, i = np.indices(GRID.shape)
    x, y, z = (o + h * q for o, h, q in zip(GRID.origin_mm, GRID.spacing_mm, (i, j, k), strict=True))
    lean = np.hypot(1.0, 0.2)
    v, s = (y - 0.2 * z) / lean, (z + 0.2 * y) / lean
    return np.asarray((((x - u0) / half_width) ** 2 + ((v - v0) / half_ap) ** 2 < 1.0) & (s > lowest))


def seen(half_ap: float, half_width: float, **place: float) -> CordSeen | None:
    return cord_in_labels(painted(half_ap, half_width, **place), GRID, measure())


def at(fit: SpinalCord, s: float) -> tuple[float, float, float, float]:
    u, v, ap, width = (float(np.interp(s, S, q)) for q in (fit.u_mm, fit.v_mm, fit.half_ap_mm, fit.half_width_mm))
    return u, v, ap, width


def tip(found: CordSeen | None) -> float:
    return float(S[np.argmax(fit_cord(measure(), SAC, CONUS, found).half_ap_mm > 0.0)])


def test_a_label_of_a_cords_size_is_the_cord() -> None:
    found = seen(3.8, 4.6)
    assert found is not None
    assert found.trust == SECTION
    assert found.area_mm2 == pytest.approx(np.pi * 3.8 * 4.6, rel=0.06)
    fit = fit_cord(measure(), SAC, CONUS, found)
    assert at(fit, 60.0) == pytest.approx((1.3, 9.5, 3.8, 4.6), abs=0.25)
    plain = fit_cord(measure(), SAC, CONUS, None)
    assert at(plain, 60.0)[:2] == pytest.approx((0.0, 7.6))


def test_its_end_is_the_conus_where_the_image_goes_on() -> None:
    low = seen(3.4, 4.1, lowest=-20.0)
    assert low is not None
    assert low.ends
    assert [tip(None), tip(low)] == pytest.approx([CONUS, -20.0], abs=2.0)
    cut = seen(3.4, 4.1, lowest=-200.0)
    assert cut is not None
    assert not cut.ends
    assert tip(cut) == pytest.approx(CONUS, abs=1.0)
    far = seen(3.4, 4.1, lowest=-64.0)  # lower than the conus of any adult
    assert tip(far) == pytest.approx(CONUS - 56.0, abs=1.0)


def test_a_label_of_the_canals_content_lends_its_middle_alone() -> None:
    found = seen(7.5, 8.5)
    assert found is not None
    assert found.trust == CENTRE
    table, fit = (fit_cord(measure(), SAC, CONUS, one) for one in (None, found))
    assert np.array_equal(table.half_ap_mm, fit.half_ap_mm)
    assert np.array_equal(table.half_width_mm, fit.half_width_mm)
    assert at(fit, 60.0)[:2] == pytest.approx((1.3, 9.5), abs=0.2)


@pytest.mark.parametrize("place", [{"u0": 5.5}, {"v0": 14.5}, {"u0": -5.0, "v0": 3.0}])
@pytest.mark.parametrize("size", [(3.6, 4.4), (4.8, 5.8), (7.5, 8.5)])
def test_the_cord_stays_in_the_sac(place: dict[str, float], size: tuple[float, float]) -> None:
    found = seen(*size, **place)
    assert found is not None
    fit = fit_cord(measure(), SAC, CONUS, found)
    turn = np.linspace(0.0, 2.0 * np.pi, 60)[:, None]
    u = fit.u_mm + fit.half_width_mm * np.cos(turn)
    v = fit.v_mm + fit.half_ap_mm * np.sin(turn)
    assert np.hypot((u - SAC[0]) / SAC[3], (v - SAC[1]) / SAC[2]).max() < 0.97


def test_a_label_that_is_nowhere_near_is_left_alone() -> None:
    assert seen(3.6, 4.4, u0=9.0) is None
    assert seen(3.6, 4.4, lowest=92.0) is None  # some millimetres of it
    assert cord_in_labels(np.zeros(GRID.shape, dtype=bool), GRID, measure()) is None


def test_a_real_ct_says_what_its_cord_label_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    ct = read_ct(*(real_data("dicom_thoracolumbar_labelled", part) for part in ("dicom", "labels.nii.gz")))
    assert ct.labels is not None
    assert (ct.labels == SPINAL_CORD).any()

    def few(whole: VoxelGrid, canal: CanalMeasure) -> tuple[VoxelGrid, ...]:
        return tuple(
            VoxelGrid(origin_mm=grid.origin_mm, spacing_mm=grid.spacing_mm, shape=(2, *grid.shape[1:]))
            for grid in grids(whole, canal)
        )

    monkeypatch.setattr(ct_phantom, "grids", few)
    ct, contrast = around(ct, "T11/12"), MyelogramParameters(hours_to_patch=3.0)
    patient = phantom_from_ct(ct, name="real", about=Interspace.T11_12, leak=None, myelogram=contrast, cache=False)
    found = patient.anatomy.cord_seen  # type: ignore[attr-defined]
    assert found.trust == CENTRE
    assert 200.0 < found.area_mm2 < 280.0  # no cord has that
    words = {finding.what: finding for finding in assess_quality(ct, patient, Interspace.T11_12, pointed=False)}
    assert words["cord"].trust == GUESSED != SEEN
    assert "canal's content" in words["cord"].why
    canal = patient.anatomy.canal  # type: ignore[attr-defined]
    middle = canal.centreline.from_canal_coordinates(
        canal.at(canal.cord.u_mm, 0.0), canal.at(canal.cord.v_mm, 0.0), 0.0
    )
    assert patient.anatomy.cord_mm(middle)[0] < -2.5
    assert patient.anatomy.dura_mm(middle)[0] < -4.0
