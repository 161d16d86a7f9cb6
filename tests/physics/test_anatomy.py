"""The synthetic anatomy against the literature."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from phantoms.body.tables import skin_depths_mm
from phantoms.canal.synthetic_canal import synthetic_canal
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spinal_curve import centreline, positions_mm
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace
from tests.physics.conftest import Figure

LEVELS = [name for name in FIVE_LUMBAR_COLUMN if name not in ("C1", "C2", "S1")]
SHOWN = ("C4", "C6", "T1", "T4", "T8", "T11", "L1", "L3", "L5")  # levels whose figures are printed; all are checked


def mean_person(sex: str = "F", bmi: float = 23.5) -> PatientParameters:
    """A person with every mean of the table."""
    return PatientParameters(
        name="mean",
        age_years=40.0,
        sex=sex,
        bmi_kg_per_m2=bmi,
        seed=1,
        vertebrae=FIVE_LUMBAR_COLUMN,
        interspaces=(),
        lordosis_deg=27.5,
        lateral_bow_mm=0.0,
        sac_scale=1.0,
        body_half_width_mm=160.0,
        body_half_depth_mm=106.0,
        muscle_fat=0.3,
        leak=LeakParameters(
            pattern="none", level="L3/4", side="both", thickness_mm=3.0, extent_levels=3.0, iodine_ratio=0.7
        ),
        myelogram=MyelogramParameters(),
    )


@cache
def column(sex: str = "F", bmi: float = 23.5) -> tuple[Spine, SyntheticAnatomy]:
    spine = build_spine(mean_person(sex, bmi))
    return spine, SyntheticAnatomy.from_spine(spine)


def length(inside: np.ndarray, step: float) -> float:
    return float(step * np.count_nonzero(inside))


def measured(name: str) -> dict[str, float]:
    """Diameters and depths at one level, from the solids: at the pedicles and at the interspace below."""
    spine, body = column()
    row = spine.row.vertebrae[FIVE_LUMBAR_COLUMN.index(name)]
    canal, world = spine.canal, spine.canal.centreline.from_canal_coordinates
    pedicle = float(row["s"] + 0.5 * row["height"] - 0.5 * row["pedicle_height"])
    v = np.arange(3.0, 40.0, 0.05)
    found: dict[str, float] = {}
    ap = []
    for s in np.arange(pedicle - 4.0, pedicle + 4.1, 1.0):
        bone = body.bone_mm(world(0.0, v, s)) < 0.0
        if bone.any():
            ap.append(float(v[np.argmax(bone)]))
    found["canal AP"] = min(ap)
    s = float(row["s"])
    v, u = np.arange(-2.0, 30.0, 0.05), np.arange(-20.0, 20.0, 0.05)
    found["sac AP"] = length(body.dura_mm(world(canal.at(canal.sac.u_mm, s), v, s)) < 0.0, 0.05)
    found["cord AP"] = length(body.cord_mm(world(canal.at(canal.sac.u_mm, s), v, s)) < 0.0, 0.05)
    found["cord width"] = length(body.cord_mm(world(u, canal.at(canal.cord.v_mm, s), s)) < 0.0, 0.05)
    outline = canal.sac.radius_mm[int(np.argmin(np.abs(canal.s_mm - s)))]
    found["sac width"] = float(outline[0] + outline[len(outline) // 2])
    deepest, found["epidural depth"] = deepest_at(spine, name)
    roof = canal.at(canal.walls.dorsal_apex_mm, deepest)
    v = np.arange(roof - 1.0, roof + 9.0, 0.02)
    flavum = [
        length(body.label(world(canal.at(canal.sac.u_mm, h) + 3.0, v, h)) == Label.LIGAMENTUM_FLAVUM, 0.02)
        for h in (deepest, deepest - 1.5, deepest - 3.0)
    ]
    found["flavum"] = max(flavum)
    # the table's depths are those of people of 27 kg/m2 in the loins, of some 24 above
    found["skin to epidural"] = skin_to_epidural(name, "F", 27.4 if name[0] == "L" else 23.5)
    return found


def deepest_at(spine: Spine, name: str) -> tuple[float, float]:
    """Where below a vertebra the dorsal epidural space is deepest, and how deep."""
    row = spine.row.vertebrae[FIVE_LUMBAR_COLUMN.index(name)]
    disc = spine.interspace_s_mm[Interspace.between(name, FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index(name) + 1])]
    pitch = float(row["height"] + row["disc_below"])
    heights = disc + np.arange(-0.3 * pitch, 0.25 * pitch, 0.5)
    depths = [spine.canal.epidural_depth_mm(h) for h in heights]
    return float(heights[int(np.argmax(depths))]), max(depths)


def skin_to_epidural(name: str, sex: str, bmi: float) -> float:
    """From skin to the epidural space on the midline, measured in the solids of a mean person."""
    spine, body = column(sex, bmi)
    deepest, _ = deepest_at(spine, name)
    v = np.arange(30.0, 150.0, 0.05)
    skin = v[np.argmax(body.skin_mm(spine.canal.centreline.from_canal_coordinates(0.0, v, deepest)) > 0.0)]
    return float(skin - spine.canal.at(spine.canal.walls.dorsal_apex_mm, deepest))


def sac_width_sd_mm(name: str) -> float:
    """1.6 where [VALO] measured, down to T5; below as large a part of the width as the table has of the depth."""
    sac = morphometry()[name].dura
    if FIVE_LUMBAR_COLUMN.index(name) <= FIVE_LUMBAR_COLUMN.index("T5"):
        return 1.6
    return sac.sac_transverse_mm * sac.sac_ap_sd_mm / sac.sac_ap_mm


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_is_within_one_standard_deviation(name: str, figure: Figure) -> None:
    level, found = morphometry()[name], measured(name)
    canal, approach, dura = level.canal, level.approach, level.dura
    neck = -3.0 if name[0] == "C" else 0.0  # women, [HAN03]
    asked = {
        "canal AP": (canal.canal_ap_mm, canal.canal_ap_sd_mm),
        "sac AP": (dura.sac_ap_mm, dura.sac_ap_sd_mm),
        "epidural depth": (approach.epidural_post_depth_mm, max(0.2 * approach.epidural_post_depth_mm, 0.5)),
        "flavum": (approach.flavum_thickness_mm, 0.9),  # SD 0.9-1.2 [LF15]
        "skin to epidural": (approach.skin_to_epidural_mm + neck, approach.skin_to_epidural_sd_mm),
    }
    if dura.cord_ap_mm > 0.0 and name != "L1":  # L1's means hold people whose cord ends above
        asked["cord AP"] = (dura.cord_ap_mm, dura.cord_ap_sd_mm)
        asked["cord width"] = (dura.cord_transverse_mm, dura.cord_transverse_sd_mm)
    asked["sac width"] = (dura.sac_transverse_mm, sac_width_sd_mm(name))
    for what, (mean, sd) in asked.items():
        if name in SHOWN:
            figure(f"{what} at {name}", found[what], asked=f"{mean:.1f} within {sd:.1f}", unit="mm", kind="identity")
    for what, (mean, sd) in asked.items():
        assert abs(found[what] - mean) <= sd, (name, what, found[what], mean, sd)


@pytest.mark.parametrize(("name", "sex", "mean", "sd"), [
    ("C5", "M", 47.0, 6.0), ("C6", "M", 51.0, 6.0), ("C7", "M", 56.0, 8.0),
    ("C5", "F", 40.0, 6.0), ("C6", "F", 46.0, 6.0), ("C7", "F", 50.0, 6.0),
])  # fmt: skip
def test_the_neck_of_men_is_deeper(name: str, sex: str, mean: float, sd: float, figure: Figure) -> None:
    depth = float(skin_depths_mm(mean_person(sex))[FIVE_LUMBAR_COLUMN.index(name)])
    figure(
        f"skin to epidural below {name}, {sex}",
        depth,
        asked=f"{mean:g} within {sd:g} [HAN03]",
        unit="mm",
        kind="fitted",
    )
    assert abs(depth - mean) <= sd


@pytest.mark.parametrize(("name", "bmi", "low", "high"), [
    ("L3", 22.0, 37.0, 44.0), ("L3", 27.0, 43.0, 49.0), ("L3", 33.0, 52.0, 59.0),
    ("L4", 22.0, 44.0, 47.0), ("L4", 27.0, 48.0, 51.0), ("L4", 33.0, 58.0, 62.0),
])  # fmt: skip
def test_mass_makes_the_way_longer(name: str, bmi: float, low: float, high: float, figure: Figure) -> None:
    """Normal, overweight and obese means of the two sexes [KJAE04], from the solids; 1 mm is what reading leaves."""
    both = np.mean([skin_to_epidural(name, sex, bmi) for sex in "FM"])
    figure(
        f"skin to epidural below {name}, BMI {bmi:g}",
        both,
        asked=f"{low:g} to {high:g} [KJAE04], and 1 for reading",
        unit="mm",
        kind="fitted",
    )
    assert low - 1.0 <= both <= high + 1.0


def volumes_ml(person: PatientParameters) -> tuple[float, float, float]:
    """Sac, cord and the fluid below T11/12, mL, from the canal's tables."""
    canal = synthetic_canal(person, centreline(person), skin_depths_mm(person)).model
    s, step = canal.s_mm, canal.s_step_mm
    turn = 2.0 * np.pi / canal.sac.radius_mm.shape[1]
    body_s = positions_mm(FIVE_LUMBAR_COLUMN, person.sex)
    shown = s < body_s[0] + 8.0
    inner = np.maximum(canal.sac.radius_mm - 0.35, 0.0)  # within the dura
    sac = 0.5 * turn * (inner**2).sum(axis=1) * step * 1e-3 * shown
    cord = np.pi * canal.cord.half_ap_mm * canal.cord.half_width_mm * step * 1e-3 * shown
    below = s < 0.5 * (body_s[FIVE_LUMBAR_COLUMN.index("T11")] + body_s[FIVE_LUMBAR_COLUMN.index("T12")])
    return float(sac.sum()), float(cord.sum()), float((sac - cord)[below].sum())


def test_the_fluid_of_the_spine_has_the_published_volume(figure: Figure) -> None:
    both = np.mean([volumes_ml(mean_person(sex)) for sex in "FM"], axis=0)
    figure(
        "fluid in the sac, C1 to its end",
        both[0] - both[1],
        asked="95 within 20 [CHEN17]",
        unit="mL",
        kind="independent",
    )
    figure("cord", both[1], asked="19.9 within 3 [SSS17]", unit="mL", kind="independent")
    figure(
        "fluid from T11/12 to the sac's end", both[2], asked="49.9 within 12.1 [HOGAN96]", unit="mL", kind="independent"
    )
    assert both[0] - both[1] == pytest.approx(95.0, abs=20.0)
    assert both[1] == pytest.approx(19.9, abs=3.0)
    assert both[2] == pytest.approx(49.9, abs=12.1)


def test_the_conus_ends_where_it_does_in_people(figure: Figure) -> None:
    """Mean lower third of L1, SD 0.7 vertebra, mid T12 to upper L3 [SAIF98]."""
    tips = np.array([random_person(seed).conus_levels for seed in range(1000)])
    figure(
        "conus below the lower third of L1, mean of 1,000",
        tips.mean(),
        asked="0 within 0.1",
        unit="vertebrae",
        kind="identity",
    )
    figure("conus, SD of 1,000", tips.std(), asked="0.7 within 0.1", unit="vertebrae", kind="identity")
    assert abs(tips.mean()) < 0.1
    assert tips.std() == pytest.approx(0.7, abs=0.1)
    assert tips.min() >= -1.2
    assert tips.max() <= 1.6
    for seed in range(3):
        person = replace(random_person(seed), conus_levels=1.0)
        canal = synthetic_canal(person, centreline(person), skin_depths_mm(person)).model
        end = canal.s_mm[np.argmax(canal.cord.half_ap_mm > 0.3)]
        assert abs(end - positions_mm(("L2",), person.sex)[0] + 6.0) < 6.0


def test_curves_are_those_of_a_patient_on_the_table(figure: Figure) -> None:
    line = centreline(mean_person())
    s = positions_mm(FIVE_LUMBAR_COLUMN, "F")
    head = line.frames(s)[:, 3]
    lean = dict(zip(FIVE_LUMBAR_COLUMN, np.degrees(np.arctan2(head[:, 1], head[:, 2])), strict=True))
    for what, upper, lower, asked, within in (
        ("lordosis L1-S1, prone", "L1", "S1", 27.5, 2.5),
        ("kyphosis T1-T12", "T12", "T1", 40.0, 10.0),
        ("flexion C2-C7, prone", "C7", "C2", 5.0, 2.0),
    ):
        figure(what, lean[upper] - lean[lower], asked=f"{asked:g} within {within:g}", unit="deg", kind="identity")
        assert lean[upper] - lean[lower] == pytest.approx(asked, abs=within)
