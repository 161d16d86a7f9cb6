"""EpiduralParameters: how one person's epidural space differs from another's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.patch.parameters import parameter

IRREGULARITY = parameter("irregularity")
CRANIAL_BIAS, CRANIAL_BIAS_SD = parameter("cranial_bias"), parameter("cranial_bias_sd")
SEPTUM_MMHG, ROOMINESS = parameter("septum"), parameter("roominess")
# Geometric standard deviations between people.
SEPTUM_GSD, ROOMINESS_GSD, STIFFNESS_GSD = (
    parameter("septum_gsd"),
    parameter("roominess_gsd"),
    parameter("stiffness_gsd"),
)
PARTING_GSD, ACROSS_GSD, PATENCY_GSD = parameter("parting_gsd"), parameter("across_gsd"), parameter("patency_gsd")
LIMIT_GSD = parameter("limit_gsd")
# The neck against the lumbar spine.
NECK_PARTING, NECK_ROOMINESS = parameter("neck_parting"), parameter("neck_roominess")
NECK_STIFFNESS, NECK_SEPTUM = parameter("neck_stiffness"), parameter("neck_septum")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpiduralParameters:
    """How this person's epidural space conducts.

    Attributes:
        cranial_bias: by how much less pressure parts the tissue towards the head than towards the feet, 0..1
        irregularity: SD of the logarithm of local resistance
        septum_mmhg: pressure difference that the dorsal midline's septum withstands
        roominess: what the space can take, against the mean
        stiffness: of the sac, against the mean
        parting: pressure that parts the tissue, against the mean
        across: pressure that parts it around the sac against that along the spine, against the mean
        patency: of the foramina, against the mean
        seed: of the pattern of local resistance
    """

    cranial_bias: float
    irregularity: float
    septum_mmhg: float
    roominess: float
    stiffness: float
    parting: float
    across: float
    patency: float
    seed: int


def draw_epidural_parameters(rng: np.random.Generator, region: str, seed: int) -> EpiduralParameters:
    """Draw one person; no trait lies further than two of its standard deviations from the median."""

    def spread(gsd: float) -> float:
        drawn = min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
        return math.exp(math.log(gsd) * drawn)

    bias = CRANIAL_BIAS + CRANIAL_BIAS_SD * min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
    roominess, stiffness = ROOMINESS * spread(ROOMINESS_GSD), spread(STIFFNESS_GSD)
    parting, septum = spread(PARTING_GSD), SEPTUM_MMHG * spread(SEPTUM_GSD)
    across, patency = spread(ACROSS_GSD), spread(PATENCY_GSD)
    if region == "cervical":
        parting, septum = NECK_PARTING * parting, NECK_SEPTUM * septum
        roominess, stiffness = NECK_ROOMINESS * roominess, NECK_STIFFNESS * stiffness
    return EpiduralParameters(
        cranial_bias=round(bias, 4),
        irregularity=IRREGULARITY,
        septum_mmhg=round(septum, 4),
        roominess=round(roominess, 4),
        stiffness=round(stiffness, 4),
        parting=round(parting, 4),
        across=round(across, 4),
        patency=round(patency, 4),
        seed=seed,
    )
