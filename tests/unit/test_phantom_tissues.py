import csv
import re
from pathlib import Path

import numpy as np
import pytest

from phantoms import paint_kernels, tissues
from phantoms.morphometry import morphometry
from phantoms.phantom import Label
from simulator.vocabulary.levels import Interspace, Vertebra

ROOT = Path(__file__).resolve().parents[2]
SOFT = (
    "skin", "adipose", "epidural_fat", "muscle", "ligament", "cartilage", "disc", "spongiosa", "csf",
    "spinal_cord", "nerve_root", "dura", "blood", "blood_clot", "liver", "kidney", "bowel",
    "yellow_marrow", "red_marrow", "csf_I5", "csf_I10", "csf_I15", "csf_I20", "csf_I25", "csf_I30",
    "csf_I40", "csf_I50", "csf_I60", "csf_I80", "blood15_contrast1", "blood6_contrast1",
    "blood10_contrast1", "blood20_contrast1",
)  # fmt: skip


def hounsfield(mu, voltage_kv):
    """HU of an attenuation curve behind 20 cm of water with the published tube spectrum."""
    table = np.genfromtxt(ROOT / "simulator/ct/data/spectra.csv", delimiter=",", skip_header=1)
    energy, water = tissues.attenuation_table()["energy_keV"], tissues.attenuation_table()["water"]
    fluence = np.interp(energy, table[:, 0], table[:, 1 + (80, 100, 120, 140).index(voltage_kv)])
    # the detector of the reference: 1.4 mm Gd2O2S, energy-integrating; its absorption matters at most 1 % here
    weight = fluence * energy * np.exp(-20.0 * water)
    return 1000.0 * float((weight * (mu - water)).sum() / (weight * water).sum())


@pytest.mark.parametrize("voltage_kv", [80, 120, 140])
@pytest.mark.parametrize("name", SOFT)
def test_three_bases_hold_every_tissue_within_a_tenth_of_a_hounsfield_unit(name, voltage_kv):
    fitted = np.array(tissues.tissue(name).basis) @ tissues.basis_attenuation()
    truth = tissues.attenuation_table()[name]
    assert hounsfield(fitted, voltage_kv) == pytest.approx(hounsfield(truth, voltage_kv), abs=0.1)


@pytest.mark.parametrize("iodine", [5, 10, 20, 40, 80])
def test_csf_with_iodine_agrees_with_the_computed_mixtures(iodine):
    mixed = np.array(tissues.csf_with_iodine(iodine).basis) @ tissues.basis_attenuation()
    truth = tissues.attenuation_table()[f"csf_I{iodine}"]
    assert hounsfield(mixed, 120) == pytest.approx(hounsfield(truth, 120), abs=0.3)


@pytest.mark.parametrize("blood", [6, 10, 15, 20])
def test_blood_with_contrast_agrees_with_the_computed_mixtures(blood):
    mixed = np.array(tissues.blood_with_contrast(blood, 1).basis) @ tissues.basis_attenuation()
    truth = tissues.attenuation_table()[f"blood{blood}_contrast1"]
    assert hounsfield(mixed, 120) == pytest.approx(hounsfield(truth, 120), abs=1.0)


@pytest.mark.parametrize("target", [80.0, 170.0, 250.0])
def test_spongiosa_meets_its_target(target):
    mixed = np.array(tissues.spongiosa(target).basis) @ tissues.basis_attenuation()
    assert hounsfield(mixed, 120) == pytest.approx(target, abs=4.0)


def test_display_slopes_agree_with_the_table():
    with (ROOT / "phantoms/data/tissues.csv").open() as file:
        expected = {row["name"]: float(row["hu_120kV_20cm"]) for row in csv.DictReader(file)}
    for name in ("muscle", "adipose", "csf_I30", "cortical_bone"):
        shown = float(np.array(tissues.tissue(name).basis) @ tissues.hounsfield_slopes() - 1000.0)
        assert shown == pytest.approx(expected[name], rel=0.03, abs=2.0)


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="cheese"):
        tissues.tissue("cheese")
    with pytest.raises(ValueError, match="outside"):
        tissues.csf_with_iodine(-1.0)
    with pytest.raises(ValueError, match="nothing"):
        tissues.blood_with_contrast(0.0, 0.0)


def test_kernels_number_labels_as_the_phantom_does():
    names = {"SUPRASPINOUS": "SUPRASPINOUS_LIGAMENT", "INTERSPINOUS": "INTERSPINOUS_LIGAMENT"}
    names |= {
        "FLAVUM": "LIGAMENTUM_FLAVUM",
        "COLLECTION": "EPIDURAL_COLLECTION",
        "CSF": "CEREBROSPINAL_FLUID",
    }
    names |= {"CORD": "SPINAL_CORD", "ROOT": "NERVE_ROOT", "CORTICAL": "CORTICAL_BONE"}
    seen = set()
    for name, value in vars(paint_kernels).items():
        if isinstance(value, float) and re.fullmatch(r"[A-Z_]+", name):
            assert Label[names.get(name, name)] == value
            seen.add(int(value))
    assert seen == {int(label) for label in Label}


def test_every_cell_of_the_table_stands_under_the_name_of_its_column():
    folder = ROOT / "phantoms/data"
    rows = [row for name in ("levels.csv", "assumed_levels.csv") for row in csv.DictReader((folder / name).open())]
    assert [row["level"] for row in rows] == list(morphometry())
    for row in rows:
        level = morphometry()[Vertebra.parse(row["level"])]
        for column in row.keys() - {"level", "found_columns"}:
            cell = float(row[column] or "nan")
            assert level.in_column(column) == pytest.approx(cell, abs=0.0, nan_ok=True), (row["level"], column)
        assert level.found_columns == set(filter(None, row["found_columns"].split("|")))


def test_levels_hold_the_table():
    table = morphometry()
    assert next(iter(table)) == "C1"
    assert list(table)[-2:] == ["S1", "L6"]  # the sixth lumbar vertebra stands aside
    assert table["L3"].approach.skin_to_epidural_mm == 48.2
    assert "flavum_thickness_mm" in table["L3"].found_columns
    assert np.isnan(table["S1"].posterior.lamina_height_mm)
    with pytest.raises(KeyError):
        table["L3"].in_column("found_columns")
    assert Interspace.between("L3", "L4") == "L3/4"
    assert Interspace.between("L5", "S1") == "L5/S1"
    assert (Interspace.between("L5", "L6"), Interspace.between("L6", "S1")) == ("L5/6", "L6/S1")
