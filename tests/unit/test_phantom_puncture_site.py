"""Contrast at the myelogram's puncture site: short, behind the sac alone, and apart from the leak's collection."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import LeakParameters, PunctureSite, collection, joined
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy

SITE = PunctureSite(level="L4/5", thickness_mm=3.5, extent_levels=1.0, iodine_ratio=0.9)


@cache
def spine(site: PunctureSite | None = SITE) -> Spine:
    parameters = patient_parameters("patient-1")
    leak = replace(parameters.leak, extent_levels=2.5)
    return build_spine(replace(parameters, leak=leak, myelogram=replace(parameters.myelogram, puncture_site=site)))


def fluid_around(s_mm: float) -> np.ndarray:
    """Angles about the sac, 0 to the left and 90 to the back, at which fluid touches the dura [shape=(n,), degrees]."""
    canal = spine().canal
    turn = np.arange(0.0, 360.0, 2.0)
    at = int(np.argmin(np.abs(canal.s_mm - s_mm)))
    radius = np.interp(
        turn, np.linspace(0.0, 360.0, canal.sac.radius_mm.shape[1], endpoint=False), canal.sac.radius_mm[at]
    )
    out = radius + 0.7
    u = canal.sac.u_mm[at] + out * np.cos(np.radians(turn))
    v = canal.sac.v_mm[at] + out * np.sin(np.radians(turn))
    labels = SyntheticAnatomy.from_spine(spine()).label(
        canal.centreline.from_canal_coordinates(u, v, np.full_like(u, s_mm))
    )
    return turn[labels == Label.EPIDURAL_COLLECTION]


def test_there_are_two_collections_with_a_gap_between_them() -> None:
    canal, discs = spine().canal, spine().interspace_s_mm
    thick = canal.fluid.collection_thickness_mm
    assert canal.at(thick, discs["L4/5"]) == pytest.approx(3.5, abs=0.05)
    assert canal.at(thick, discs["L2/3"]) == pytest.approx(3.6, abs=0.05)
    between = (canal.s_mm < discs["L2/3"]) & (canal.s_mm > discs["L4/5"])
    assert thick[between].min() < 0.3
    wet = canal.s_mm[(thick > 0.5) & (canal.s_mm < discs["L3/4"] - 12.0)]
    level_mm = abs(discs["L2/3"] - discs["L4/5"]) / 2.0
    assert np.ptp(wet) == pytest.approx(level_mm, rel=0.1)


def test_the_false_leak_lies_behind_alone_and_the_leak_about_the_sac() -> None:
    discs = spine().interspace_s_mm
    false, true = fluid_around(discs["L4/5"]), fluid_around(discs["L2/3"])
    assert len(false) > 10
    assert np.all((false > 20.0) & (false < 160.0))
    assert np.any(np.abs(false - 90.0) < 10.0)
    assert np.any((true < 20.0) | (true > 160.0))


def test_its_contrast_is_that_of_the_sac_and_the_hole_stays_where_it_was() -> None:
    canal, discs = spine().canal, spine().interspace_s_mm
    ratio = canal.at(canal.fluid.collection_iodine_mg_per_ml, discs["L4/5"])
    ratio /= canal.at(canal.fluid.csf_iodine_mg_per_ml, discs["L4/5"])
    assert ratio == pytest.approx(0.9, abs=0.02)
    without = spine(None).canal
    above = canal.s_mm > discs["L3/4"]
    assert np.allclose(
        canal.fluid.collection_thickness_mm[above], without.fluid.collection_thickness_mm[above], atol=1e-6
    )
    assert not without.fluid.collection_behind_fraction.any()


def test_where_they_meet_the_thicker_counts() -> None:
    s, iodine = np.arange(-60.0, 60.0), np.full(120, 40.0)
    leak = LeakParameters(
        pattern="circumferential", level="L3/4", side="both", thickness_mm=4.0, extent_levels=3.0, iodine_ratio=0.5
    )
    alone = collection(s, 0.0, 30.0, iodine, leak)
    thickness, contrast, share = joined(s, alone, 20.0, 30.0, iodine, replace(SITE, level="L3/4"))
    assert np.all(thickness >= alone[0])
    assert np.all((share >= 0.0) & (share <= 1.0))
    assert share[80] > 0.5 > share[60]
    assert np.all(contrast <= 40.0 * 0.9 + 1e-9)


def test_a_puncture_at_a_level_that_the_patient_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="puncture at C5/6"):
        spine(replace(SITE, level="C5/6"))
