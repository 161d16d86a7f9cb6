"""Hydraulic model: the epidural space with the numbers by which one person's blood flows in it.

The numbers of all this stand in `data/epidural_flow.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from simulator.patch.epidural_parameters import EpiduralParameters
from simulator.patch.epidural_space import EpiduralSpace
from simulator.patch.flow_parameter_table import parameter
from simulator.spatial.arrays import FloatArray

MOBILITY_MM2_PER_MMHG_S = parameter("mobility")
SEPTUM_OPEN = parameter("septum_open_fraction")
YIELD_MMHG_PER_MM = parameter("yield_pressure")
CIRCUMFERENTIAL_RATIO = parameter("circumferential_ratio")
FORAMEN_ML_PER_MMHG_S_MM = parameter("foramen_outflow")
MOST_FILLED = 0.95  # of a cell's volume


@dataclass(frozen=True, slots=True, kw_only=True)
class HydraulicModel:
    """What does not change while somebody injects: the space as this person has it.

    Attributes:
        capacity_ml: [shape=(cells,)] that a cell can take beyond what it holds at rest
        dents: [shape=(cells,)] fraction of that capacity by which the sac gives way
        mobility_ml_per_mmhg_s: [shape=(faces,)] of fresh blood
        yield_up_mmhg, yield_down_mmhg: [shape=(faces,)] differences at which the tissue yields to a stream from the
            first cell to the second, and back
        foramen_ml_per_mmhg_s: [shape=(cells,)] outflow at a foramen's outer end
        starts, neighbours, through: int32, each cell's neighbours in ascending order and the faces to them, by rows
    """

    space: EpiduralSpace
    parameters: EpiduralParameters
    capacity_ml: FloatArray
    dents: FloatArray
    mobility_ml_per_mmhg_s: FloatArray
    yield_up_mmhg: FloatArray
    yield_down_mmhg: FloatArray
    foramen_ml_per_mmhg_s: FloatArray
    starts: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    through: NDArray[np.int32]


def hydraulic_model(space: EpiduralSpace, parameters: EpiduralParameters) -> HydraulicModel:
    """The space as this person has it."""
    rng = np.random.default_rng(parameters.seed)
    coarse = rng.standard_normal((64, 16, 16))
    cell = (space.centre_mm[:, ::-1] // 6.0).astype(np.int64) % np.array(coarse.shape)
    hard = space.yield_ratio * np.exp(parameters.irregularity * coarse[tuple(cell.T)])
    a, b = space.first, space.second
    along = space.axis == 0
    yields = YIELD_MMHG_PER_MM * parameters.yield_pressure * space.distance_mm * 0.5 * (hard[a] + hard[b])
    yields = yields * np.where(along, 1.0, CIRCUMFERENTIAL_RATIO * parameters.circumferential_ratio)
    septum = np.where(space.septum, parameters.septum_mmhg * 0.5 * (space.yield_ratio[a] + space.yield_ratio[b]), 0.0)
    bias = np.where(along, parameters.cranial_bias, 0.0)
    pushed = np.minimum(parameters.capacity * space.fat_ml, MOST_FILLED * space.volume_ml - space.fluid_ml)
    pushed = np.maximum(pushed, 0.0)
    sac = np.minimum(parameters.capacity * space.sac_ml, np.where(space.in_view, space.dent.total_ml, space.sac_ml))
    ends, number = (np.concatenate([a, b]), np.concatenate([b, a])), np.arange(len(a), dtype=np.float64)
    rows = coo_array((np.concatenate([number, number]), ends), shape=(space.cells, space.cells)).tocsr()
    rows.sort_indices()
    return HydraulicModel(
        space=space,
        parameters=parameters,
        capacity_ml=pushed + sac,
        dents=sac / np.maximum(pushed + sac, 1e-12),
        mobility_ml_per_mmhg_s=1e-3
        * MOBILITY_MM2_PER_MMHG_S
        * space.conductance_mm
        * np.where(space.septum, SEPTUM_OPEN, 1.0),
        yield_up_mmhg=yields * (1.0 - bias) + septum,
        yield_down_mmhg=yields * (1.0 + bias) + septum,
        foramen_ml_per_mmhg_s=FORAMEN_ML_PER_MMHG_S_MM * parameters.patency * space.exit_mm,
        starts=rows.indptr.astype(np.int32),
        neighbours=rows.indices.astype(np.int32),
        through=rows.data.astype(np.int32),
    )
