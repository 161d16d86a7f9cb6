"""Rods of iodine and calcium in a phantom like Gammex's, beside CT numbers from attenuation data of others.

330 mm of water with five rods of 28 mm on a circle of 60 mm: 2 to 20 mg iodine and 50 to 400 mg calcium per mL of
water (the solute takes no room; the maker's rods are of resin). Ours are imaged and reconstructed. The others' numbers
are a sum along one ray through the middle of a rod, without a scanner: spekpy's spectrum (kqp), its tables of
attenuation (NIST's, or PENELOPE's) for water, rod and detector, and a water correction by the same tables. That is
agreement between codes, no validation; and Elam's tables, from which ours are made, follow NIST's closely.
"""

from functools import cache

import numpy as np
import pytest

from phantoms.tissues import tissue
from simulator.ct.scanner import Scanner
from simulator.ct.spectrum import TUBE_VOLTAGES_KV, attenuation_per_mm, basis_per_mm
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

PEER = "the peer is not installed: pip install 'ct-fluoro-sim[peer]'"
spekpy = pytest.importorskip("spekpy", reason=PEER)
xraydb = pytest.importorskip("xraydb", reason=PEER)

BODY_MM, ROD_MM, CIRCLE_MM = 330.0, 28.0, 60.0
MG_PER_ML = {"I": (2.0, 5.0, 10.0, 15.0, 20.0), "Ca": (50.0, 100.0, 200.0, 300.0, 400.0)}
ATOMIC_NUMBER = {"H": 1, "O": 8, "S": 16, "Ca": 20, "I": 53, "Gd": 64}
WATER = {"H": 0.11189, "O": 0.88811}  # phantoms/data/tissues.csv
LAYER = {"Gd": 0.8308, "O": 0.0845, "S": 0.0847}  # Gd2O2S by mass
LAYER_G_PER_CM2 = 7.32 * 0.14  # simulator/ct/data/README.md


def concordance(x, y):
    """Lin's coefficient: 1 where y = x, less for scatter, slope and offset (Lin 1989, doi 10.2307/2532051)."""
    x, y = np.asarray(x), np.asarray(y)
    return 2 * ((x - x.mean()) * (y - y.mean())).mean() / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def places(count):
    turn = 2 * np.pi * np.arange(count) / count
    return CIRCLE_MM * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def bases(element, mg_per_ml):
    """Basis densities of the rod by Elam's tables, fitted where the beam is."""
    energy = np.arange(35.0, 121.0)
    solute = xraydb.mu_elam(element, 1000 * energy) * mg_per_ml / 1e4
    fit, *_ = np.linalg.lstsq(basis_per_mm(energy).T, attenuation_per_mm("water", energy) + solute, rcond=None)
    return fit


@cache
def scanner(element):
    half = BODY_MM / 2
    shapes = [Ellipse((0, 0), (half, half), tissue("water").basis)]
    for place, amount in zip(places(5), MG_PER_ML[element], strict=True):
        change = bases(element, amount) - np.array(tissue("water").basis)
        shapes.append(Ellipse(tuple(place), (ROD_MM / 2, ROD_MM / 2), tuple(change)))
    return Scanner(ellipse_phantom(shapes, half_width_mm=(half, half), planes=1, canal_half_mm=80))


def imaged(element, tube_voltage_kv):
    """Mean CT number in the inner half of each rod."""
    technique = Technique(tube_voltage_kv=tube_voltage_kv, tube_current_ma=200, rotation_s=1, slice_thickness_mm=1)
    frame = scanner(element).image(
        technique=technique, slice_centres_mm=[0.0], noise_key=None, centre_mm=(0.0, 0.0), field_of_view_mm=350.0
    )
    row, column = np.mgrid[:512, :512]
    means = []
    for x, y in places(5):
        at_row, at_column = frame.pixel_of(x, y)
        near = np.hypot(row - at_row, column - at_column) * frame.pixel_spacing_mm < ROD_MM / 4
        means.append(float(frame.hu[0][near].mean()))
    return means


def computed(element, tube_voltage_kv, source):
    """The same by another's spectrum and attenuation."""
    tube = spekpy.Spek(kvp=tube_voltage_kv, th=7, dk=0.5, physics="kqp", mu_data_source=source)
    tube.multi_filter([("Al", 2.5), ("Ti", 1.2)])
    energy, fluence = tube.get_spectrum(edges=False)
    keep = energy > 15
    energy, fluence = energy[keep], fluence[keep]

    def per_gram(composition):
        return sum(w * tube.mu_data.get_mu_over_rho(ATOMIC_NUMBER[e], energy) for e, w in composition.items())

    signal = fluence * energy * (1 - np.exp(-per_gram(LAYER) * LAYER_G_PER_CM2))
    water = per_gram(WATER) / 10
    solute = per_gram({element: 1.0}) / 1e4

    def log(water_mm, mg_mm):
        return -np.log((signal * np.exp(-water * water_mm - solute * mg_mm)).sum() / signal.sum())

    paths = np.linspace(BODY_MM - 50, BODY_MM + 500, 1101)
    logs = [log(path, 0.0) for path in paths]
    return [1000 * (np.interp(log(BODY_MM, ROD_MM * c), logs, paths) - BODY_MM) / ROD_MM for c in MG_PER_ML[element]]


@pytest.mark.parametrize("source", ["nist", "pene"])
@pytest.mark.parametrize("element", ["I", "Ca"])
def test_rods_read_what_another_source_gives(element, source, figure):
    ours, theirs = [], []
    for tube_voltage_kv in TUBE_VOLTAGES_KV:
        ours.append(imaged(element, tube_voltage_kv))
        theirs.append(computed(element, tube_voltage_kv, source))
        figure(
            f"{element} {', '.join(f'{c:g}' for c in MG_PER_ML[element])} mg/mL, {tube_voltage_kv} kV: ours; {source}",
            f"{', '.join(f'{v:.0f}' for v in ours[-1])}; {', '.join(f'{v:.0f}' for v in theirs[-1])}",
            unit="HU",
            asked="concordance below",
            kind="independent",
        )
    agreement = concordance(np.ravel(ours), np.ravel(theirs))
    figure(f"{element}: Lin's concordance with {source}, four voltages together", agreement, asked=">= 0.99", digits=5,
           kind="independent")  # fmt: skip
    assert agreement >= 0.99


def test_concordance_punishes_slope_and_offset():
    x = np.linspace(0, 100, 11)
    assert concordance(x, x) == pytest.approx(1)
    assert concordance(x, 1.2 * x) < 0.97
    assert concordance(x, x + 20) < 0.9
