"""Flow: what the cells of the epidural space hold at a moment, and at which pressure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.patch.epidural_space import EpiduralSpace
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What the cells hold. Arrays are read-only and replaced, never changed.

    Attributes:
        blood_ml, contrast_ml, fluid_ml: [shape=(cells,)] volumes of injected blood and contrast, and of the fluid there
        iodine_mg: [shape=(cells,)] of that fluid
        drawn: [shape=(cells,)] blood's volume times the moment at which it was drawn, mL s
        excess_mmhg: [shape=(cells,)] local pressure above the sac's
        out_blood_ml, out_contrast_ml, out_fluid_ml: [shape=(cells,)] what left through the foramina
        absorbed_ml: CSF that the body has taken up since the sac was dented
        sac_mmhg: rise of the sac's pressure
        at_ms: moment at which all this holds
    """

    blood_ml: FloatArray
    contrast_ml: FloatArray
    fluid_ml: FloatArray
    iodine_mg: FloatArray
    drawn: FloatArray
    excess_mmhg: FloatArray
    out_blood_ml: FloatArray
    out_contrast_ml: FloatArray
    out_fluid_ml: FloatArray
    absorbed_ml: float = 0.0
    sac_mmhg: float = 0.0
    at_ms: int = 0

    @property
    def held_ml(self) -> FloatArray:
        """All fluid of each cell."""
        return self.blood_ml + self.contrast_ml + self.fluid_ml


def flow_at_rest(space: EpiduralSpace) -> Flow:
    """The space before any injection."""
    zero = np.zeros(space.cells.count)
    zero.setflags(write=False)
    return Flow(
        blood_ml=zero,
        contrast_ml=zero,
        fluid_ml=space.cells.fluid_ml,
        iodine_mg=space.cells.fluid_iodine_mg,
        drawn=zero,
        excess_mmhg=zero,
        out_blood_ml=zero,
        out_contrast_ml=zero,
        out_fluid_ml=zero,
    )


def taken_ml(model: HydraulicModel, flow: Flow) -> FloatArray:
    """What each cell holds beyond rest, shape (cells,), mL."""
    return np.asarray(flow.held_ml - model.space.cells.fluid_ml)


def dented_ml(model: HydraulicModel, flow: Flow) -> float:
    """Volume by which the sac is dented, mL."""
    return float((np.maximum(taken_ml(model, flow), 0.0) * model.dents).sum())


def pressure_mmhg(flow: Flow, cell: int) -> float:
    """Epidural pressure above baseline where the needle opens."""
    return max(float(flow.excess_mmhg[cell]) + flow.sac_mmhg, 0.0)
