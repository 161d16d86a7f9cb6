"""Traits: how one person's epidural space differs from another's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

IRREGULARITY = 0.35
CRANIAL_BIAS, CRANIAL_BIAS_SD = 0.38, 0.2
# Geometric standard deviations, set so that most people are one-sided at 5 mL (84 % are published); levels per mL then
# vary by 16 to 25 %, where 35 % are published.
ROOMINESS, ROOMINESS_GSD, STIFFNESS_GSD, PARTING_GSD = 1.45, 2.1, 1.4, 3.5
SEPTUM_MMHG, SEPTUM_GSD = 0.6, 1.8
LIMIT_GSD = 2.0
# How hard the neck's tissue is to part and what it can take, against the lumbar spine: set towards levels per mL 1.4
# and volume 0.7 times the lumbar ones (reference, section 5: an assumption). In patient 4 come 4.0 and 6.2 levels at 5
# and 10 mL, where 3.4 and 5.0 are wanted, and 2.9 and 5.6 mmHg, where 1.5 and 5.6 are.
NECK_PARTING, NECK_ROOMINESS = 2.5, 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How this person's epidural space conducts.

    Attributes:
        cranial_bias: by how much less pressure parts the tissue towards the head than towards the feet, 0..1
        irregularity: SD of the logarithm of local resistance
        septum_mmhg: pressure difference that the dorsal midline's septum withstands
        roominess: what the space can take, against the mean
        stiffness: of the sac, against the mean
        parting: pressure that parts the tissue, against the mean
        seed: of the pattern of local resistance
    """

    cranial_bias: float
    irregularity: float
    septum_mmhg: float
    roominess: float
    stiffness: float
    parting: float
    seed: int


def draw_traits(rng: np.random.Generator, region: str, seed: int) -> Traits:
    """Draw one person; no trait lies further than two of its standard deviations from the median."""

    def spread(gsd: float) -> float:
        drawn = min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
        return math.exp(math.log(gsd) * drawn)

    bias = CRANIAL_BIAS + CRANIAL_BIAS_SD * min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
    roominess, stiffness = ROOMINESS * spread(ROOMINESS_GSD), spread(STIFFNESS_GSD)
    parting = spread(PARTING_GSD)
    septum = SEPTUM_MMHG * spread(SEPTUM_GSD)
    if region == "cervical":
        parting, roominess = NECK_PARTING * parting, NECK_ROOMINESS * roominess
    return Traits(
        cranial_bias=round(bias, 4),
        irregularity=IRREGULARITY,
        septum_mmhg=round(septum, 4),
        roominess=round(roominess, 4),
        stiffness=round(stiffness, 4),
        parting=round(parting, 4),
        seed=seed,
    )
