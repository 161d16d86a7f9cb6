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
    cells, faces = space.cells, space.faces
    rng = np.random.default_rng(parameters.seed)
    coarse = rng.standard_normal((64, 16, 16))
    cell = (cells.centre_mm[:, ::-1] // 6.0).astype(np.int64) % np.array(coarse.shape)
    hard = cells.yield_ratio * np.exp(parameters.irregularity * coarse[tuple(cell.T)])
    a, b = faces.first, faces.second
    along = faces.axis == 0
    yields = YIELD_MMHG_PER_MM * parameters.yield_pressure * faces.distance_mm * 0.5 * (hard[a] + hard[b])
    yields = yields * np.where(along, 1.0, CIRCUMFERENTIAL_RATIO * parameters.circumferential_ratio)
    septum = np.where(faces.septum, parameters.septum_mmhg * 0.5 * (cells.yield_ratio[a] + cells.yield_ratio[b]), 0.0)
    bias = np.where(along, parameters.cranial_bias, 0.0)
    pushed = np.minimum(parameters.capacity * cells.fat_ml, MOST_FILLED * cells.volume_ml - cells.fluid_ml)
    pushed = np.maximum(pushed, 0.0)
    sac = np.minimum(parameters.capacity * cells.sac_ml, np.where(cells.in_view, space.dent.total_ml, cells.sac_ml))
    ends, number = (np.concatenate([a, b]), np.concatenate([b, a])), np.arange(len(a), dtype=np.float64)
    rows = coo_array((np.concatenate([number, number]), ends), shape=(cells.count, cells.count)).tocsr()
    rows.sort_indices()
    return HydraulicModel(
        space=space,
        parameters=parameters,
        capacity_ml=pushed + sac,
        dents=sac / np.maximum(pushed + sac, 1e-12),
        mobility_ml_per_mmhg_s=1e-3
        * MOBILITY_MM2_PER_MMHG_S
        * faces.conductance_mm
        * np.where(faces.septum, SEPTUM_OPEN, 1.0),
        yield_up_mmhg=yields * (1.0 - bias) + septum,
        yield_down_mmhg=yields * (1.0 + bias) + septum,
        foramen_ml_per_mmhg_s=FORAMEN_ML_PER_MMHG_S_MM * parameters.patency * cells.exit_mm,
        starts=rows.indptr.astype(np.int32),
        neighbours=rows.indices.astype(np.int32),
        through=rows.data.astype(np.int32),
    )
