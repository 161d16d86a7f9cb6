"""The tube's spectrum beside spekpy's half-value layers, and our attenuation beside another's.

Conventions. Filtration: 2.5 mm Al and 1.2 mm Ti by spekpy's own materials, the target at 7 degrees, no air. Bins: our
table holds spekpy's of 1 keV at their middles (its `dk` of 0.5 gives those). Half-value layers are of air kerma in
aluminium, narrow beam; effective energy is that of one line with the same first layer, and no mean of energies.
spekpy's default is PENELOPE's attenuation; our table was made with NIST's.
"""

import numpy as np
import pytest

from simulator.ct.spectrum import TUBE_VOLTAGES_KV, attenuation_per_mm, fine_spectrum
from tests.oracles.half_value_layer import effective_energy_kev, half_value_layers_mm

PEER = "the peer is not installed: pip install 'ct-fluoro-sim[peer]'"
spekpy = pytest.importorskip("spekpy", reason=PEER)
xraydb = pytest.importorskip("xraydb", reason=PEER)
pytest.importorskip("xraylib", reason=PEER)


def peer(tube_voltage_kv, physics, attenuation, step_kev=0.5):
    tube = spekpy.Spek(kvp=tube_voltage_kv, th=7, dk=step_kev, physics=physics, mu_data_source=attenuation)
    tube.multi_filter([("Al", 2.5), ("Ti", 1.2)])
    return tube


def ours(tube_voltage_kv):
    energy, fluence, _ = fine_spectrum(tube_voltage_kv)
    first, second = half_value_layers_mm(energy, fluence, attenuation_per_mm("aluminium", energy))
    mean = float((energy * fluence).sum() / fluence.sum())
    return first, second, effective_energy_kev(first), mean


@pytest.mark.parametrize("tube_voltage_kv", TUBE_VOLTAGES_KV)
def test_half_value_layer_and_effective_energy(tube_voltage_kv, figure):
    """Our table's by Elam's attenuation, spekpy's by its own; the model that ours was not made with is kqp."""
    first, second, effective, mean = ours(tube_voltage_kv)
    for physics, kind in (("casim", "identity"), ("kqp", "independent")):
        other = peer(tube_voltage_kv, physics, "pene")
        theirs = other.get_hvl1(), other.get_hvl2(), other.get_eeff(), other.get_emean()
        figure(
            f"{tube_voltage_kv} kV: both half-value layers, effective and mean energy; spekpy's by {physics}",
            f"{first:.2f}, {second:.2f} mm Al, {effective:.1f}, {mean:.1f} keV; "
            f"{theirs[0]:.2f}, {theirs[1]:.2f}, {theirs[2]:.1f}, {theirs[3]:.1f}",
            asked="layers within 1 %, energies within 0.5 %",
            kind=kind,
        )
        assert (first, second) == pytest.approx(theirs[:2], rel=0.01)
        assert (effective, mean) == pytest.approx(theirs[2:], rel=0.005)


def test_the_bins_hardly_matter():
    """spekpy's bins of 2 keV against 0.5: what our bins of 1 keV could cost."""
    for tube_voltage_kv in (80, 140):
        wide, narrow = (peer(tube_voltage_kv, "casim", "nist", step) for step in (2.0, 0.5))
        assert wide.get_hvl1() == pytest.approx(narrow.get_hvl1(), rel=0.002)


def test_which_of_xraydbs_tables_holds_at_iodines_edge(figure):
    """Within 10 eV of 33.17 keV Chantler's stands between the two sides, by about half; Elam's has the step."""
    edge = xraydb.xray_edge("I", "K").energy
    at = edge + np.array([-10.0, -5.0, 5.0, 10.0])
    elam, chantler = xraydb.mu_elam("I", at), xraydb.mu_chantler("I", at)
    far = edge + np.array([-300.0, 300.0])
    apart = xraydb.mu_chantler("I", far) / xraydb.mu_elam("I", far)
    off = chantler / elam
    figure("iodine, Chantler's attenuation over Elam's, 10 and 5 eV below its edge, 5 and 10 above",
           ", ".join(f"{value:.2f}" for value in off), asked="one of them off by more than 1.5",
           kind="independent")  # fmt: skip
    figure("the same 300 eV below and above", ", ".join(f"{value:.2f}" for value in apart),
           asked="within 5 %", kind="independent")  # fmt: skip
    assert elam[2] / elam[1] > 5
    assert np.maximum(off, 1 / off).max() > 1.5  # at its shoulder Chantler's is no table of the edge
    np.testing.assert_allclose(apart, 1, rtol=0.05)
    nist = spekpy.Spek(kvp=80, th=7, mu_data_source="nist").mu_data
    np.testing.assert_allclose([nist.get_mu_over_rho(53, e / 1000)[0] for e in far.reshape(2, 1)],
                               xraydb.mu_elam("I", far), rtol=0.03)  # fmt: skip
