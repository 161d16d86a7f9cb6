"""EpiduralParameters: how one person's epidural space differs from another's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.patch.flow_parameter_table import parameter

IRREGULARITY = parameter("irregularity")
CRANIAL_BIAS, CRANIAL_BIAS_SD = parameter("cranial_bias"), parameter("cranial_bias_sd")
SEPTUM_MMHG, CAPACITY = parameter("septum"), parameter("capacity")
# Geometric standard deviations between people.
SEPTUM_GSD, CAPACITY_GSD, STIFFNESS_GSD = (
    parameter("septum_gsd"),
    parameter("capacity_gsd"),
    parameter("stiffness_gsd"),
)
YIELD_PRESSURE_GSD, CIRCUMFERENTIAL_GSD, PATENCY_GSD = (
    parameter("yield_pressure_gsd"),
    parameter("circumferential_ratio_gsd"),
    parameter("patency_gsd"),
)
LIMIT_GSD = parameter("limit_gsd")
# The neck against the lumbar spine.
NECK_YIELD_PRESSURE, NECK_CAPACITY = parameter("neck_yield_pressure"), parameter("neck_capacity")
NECK_STIFFNESS, NECK_SEPTUM = parameter("neck_stiffness"), parameter("neck_septum")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpiduralParameters:
    """How this person's epidural space conducts.

    Attributes:
        cranial_bias: by how much less pressure the tissue yields towards the head than towards the feet, 0..1
        irregularity: SD of the logarithm of local resistance
        septum_mmhg: pressure difference that the dorsal midline's septum withstands
        capacity: what the space can take, against the mean
        stiffness: of the sac, against the mean
        yield_pressure: pressure at which the tissue yields, against the mean
        circumferential_ratio: the same around the sac against that along the spine, against the mean
        patency: of the foramina, against the mean
        seed: of the pattern of local resistance
    """

    cranial_bias: float
    irregularity: float
    septum_mmhg: float
    capacity: float
    stiffness: float
    yield_pressure: float
    circumferential_ratio: float
    patency: float
    seed: int


def draw_epidural_parameters(rng: np.random.Generator, region: str, seed: int) -> EpiduralParameters:
    """Draw one person; no trait lies further than two of its standard deviations from the median."""

    def spread(gsd: float) -> float:
        drawn = min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
        return math.exp(math.log(gsd) * drawn)

    bias = CRANIAL_BIAS + CRANIAL_BIAS_SD * min(max(float(rng.standard_normal()), -LIMIT_GSD), LIMIT_GSD)
    capacity, stiffness = CAPACITY * spread(CAPACITY_GSD), spread(STIFFNESS_GSD)
    yield_pressure, septum = spread(YIELD_PRESSURE_GSD), SEPTUM_MMHG * spread(SEPTUM_GSD)
    circumferential_ratio, patency = spread(CIRCUMFERENTIAL_GSD), spread(PATENCY_GSD)
    if region == "cervical":
        yield_pressure, septum = NECK_YIELD_PRESSURE * yield_pressure, NECK_SEPTUM * septum
        capacity, stiffness = NECK_CAPACITY * capacity, NECK_STIFFNESS * stiffness
    return EpiduralParameters(
        cranial_bias=round(bias, 4),
        irregularity=IRREGULARITY,
        septum_mmhg=round(septum, 4),
        capacity=round(capacity, 4),
        stiffness=round(stiffness, 4),
        yield_pressure=round(yield_pressure, 4),
        circumferential_ratio=round(circumferential_ratio, 4),
        patency=round(patency, 4),
        seed=seed,
    )
