"""People: one seed gives one synthetic person, drawn with published means and standard deviations."""

from __future__ import annotations

import numpy as np

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.parameters import PatientParameters, Variation
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace, Vertebra, interspaces_of

_CONUS_LEVELS = (0.7, -1.2, 1.6)
"""SD, and ends of what was seen: mid T12 to upper L3 about the lower third of L1 ([SAIF98], reference section 3)."""

_LORDOSIS_DEG = (27.5, 5.0, 15.0, 40.0)  # prone 25-30 (reference section 3); SD and ends are assumptions
_KYPHOSIS_DEG = (40.0, 7.5, 20.0, 50.0)  # 40, 20-50 [AO]
_BMI = (25.0, 4.0, 17.0, 40.0)  # assumption
_MARBLING_AT_20, _MARBLING_PER_YEAR, _MARBLING_SD = 0.2, 0.005, 0.06
_MARBLING_PER_BMI, _WOMEN_MORE = 0.006, 0.045
"""Marbling, of which `FAT_OF_MARBLING` is fat: per year, per kg/m2, and by sex; SD is an assumption."""
_HOURS_TO_PATCH = (3.0, 2.0, 0.5, 8.0)  # mean and SD of the series (reference section 0); ends are assumptions
_MOST_SDS = 2.0
_SAC_FOLLOWS = 0.8  # correlation of the sac's size with the canal's (assumption)
_TRUNK_MM = {"F": (158.0, 104.0), "M": (170.0, 112.0)}  # half width and depth at the BMI of the table (assumption)
_BMI_OF_TABLE = 23.5


def random_person(
    seed: int,
    *,
    vertebrae: tuple[Vertebra, ...] = FIVE_LUMBAR_COLUMN,
    leak_level: Interspace | None = None,
    level_interspace: Interspace = Interspace.L3_4,
    sex: str | None = None,
) -> PatientParameters:
    """A person drawn from one seed, clipped to what anatomy allows; the region shown changes nothing that is drawn.

    Args:
        seed: of the person
        vertebrae: the region that is shown
        leak_level: where the leak is; None for no leak
        level_interspace: that lies level on the table
        sex: drawn where None
    """
    rng = np.random.default_rng((seed, 7))

    def normal(mean: float, sd: float, low: float, high: float) -> float:
        return _draw_clipped(rng, mean, sd, low, high)

    def deviation() -> float:
        return normal(0.0, 1.0, -_MOST_SDS, _MOST_SDS)

    drawn_sex = "F" if rng.random() < 0.5 else "M"
    age = normal(45.0, 14.0, 18.0, 85.0)
    bmi = normal(*_BMI)
    grown = float(np.sqrt(bmi / _BMI_OF_TABLE))
    chosen = sex or drawn_sex
    width, depth = _TRUNK_MM[chosen]
    discs = interspaces_of(vertebrae)
    canal = deviation()
    follows = _SAC_FOLLOWS * canal + (1.0 - _SAC_FOLLOWS**2) ** 0.5 * deviation()
    sac = float(np.clip(follows, -_MOST_SDS, _MOST_SDS))
    conus_sd, conus_low, conus_high = _CONUS_LEVELS
    leak = _draw_leak(rng, discs, leak_level)
    return PatientParameters(
        name=f"person-{seed}",
        age_years=round(age, 1),
        sex=chosen,
        bmi_kg_per_m2=round(bmi, 1),
        seed=seed,
        vertebrae=vertebrae,
        interspaces=discs[1:-1],
        lordosis_deg=normal(*_LORDOSIS_DEG),
        kyphosis_deg=normal(*_KYPHOSIS_DEG),
        neck_flexion_deg=normal(5.0, 3.0, 0.0, 15.0),
        level_interspace=level_interspace,
        conus_levels=normal(0.0, conus_sd, conus_low, conus_high),
        variation=Variation(canal=canal, sac=sac, cord=deviation(), skin=deviation()),
        wear=float(np.clip((age - 35.0) / 60.0 + rng.normal(0.0, 0.1), 0.0, 1.0)),
        lateral_bow_mm=normal(0.0, 1.5, -5.0, 5.0),
        sac_scale=1.0,
        body_half_width_mm=round(width * grown, 1),
        body_half_depth_mm=round(depth * grown, 1),
        muscle_fat=_marbling(age, bmi, chosen, rng),
        leak=leak,
        myelogram=_draw_myelogram(rng),
    )


def _marbling(age_years: float, bmi: float, sex: str, rng: np.random.Generator) -> float:
    """Marbling of the back muscles: more with age and in women ([SI23], [PDFF20]), a little more with mass."""
    mean = _MARBLING_AT_20 + _MARBLING_PER_YEAR * (age_years - 20.0) + _MARBLING_PER_BMI * (bmi - _BMI[0])
    mean += _WOMEN_MORE if sex == "F" else -_WOMEN_MORE
    return float(np.clip(mean + rng.normal(0.0, _MARBLING_SD), 0.05, 0.8))


def _draw_clipped(rng: np.random.Generator, mean: float, sd: float, low: float, high: float) -> float:
    return float(np.clip(rng.normal(mean, sd), low, high))


def _draw_myelogram(rng: np.random.Generator) -> MyelogramParameters:
    hours = _draw_clipped(rng, *_HOURS_TO_PATCH)
    return MyelogramParameters(hours_to_patch=hours, remaining_at_3_h=float(rng.uniform(0.6, 1.0)))


def _draw_leak(rng: np.random.Generator, discs: tuple[Interspace, ...], level: Interspace | None) -> LeakParameters:
    """A ring about the sac at a level; its amounts are drawn also where there is no leak."""
    return LeakParameters(
        pattern=LeakPattern.NONE if level is None else LeakPattern.CIRCUMFERENTIAL,
        level=level or discs[len(discs) // 2],
        side=tuple(Laterality)[int(rng.integers(3))],
        thickness_mm=float(rng.uniform(2.0, 5.0)),
        extent_levels=float(np.clip(rng.lognormal(np.log(4.0), 0.6), 1.0, 11.0)),
        iodine_ratio=float(rng.uniform(0.5, 1.0)),
    )
