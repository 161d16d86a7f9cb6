"""Flow transport: what the stream of a step carries from cell to cell, and the sac's pressure afterwards.

What flows is taken from the pressures face by face, so volume is conserved to rounding whatever their accuracy. What
the stream carries follows upwind, implicitly, from the highest pressure down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.patch import flow_transport_kernels as kernels
from simulator.patch.flow_parameter_table import parameter
from simulator.patch.flow_state import Flow, dented_ml
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.patch.injectate import Injectate
from simulator.patch.pressure_balance import BalancedStep
from simulator.spatial.arrays import FloatArray, IndexArray

SAC_MMHG, SAC_EXPONENT = parameter("sac"), parameter("sac_exponent")
CSF_OUTFLOW_ML_PER_MMHG_S = parameter("csf_outflow")

LEAST_LEFT = 0.02  # of what a cell held
OVERFLOW_SWEEPS, LEAST_OVERFLOW_ML = 250, 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What comes into the cells during a step.

    Attributes:
        brought_ml: [shape=(cells,)] volume that each is given
        injectate: what that is; None where nothing is injected
        drawn_ms: moment at which its blood was drawn
    """

    brought_ml: FloatArray
    injectate: Injectate | None
    drawn_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Streams:
    """The streams of a step, in the numbers of the cells that its system holds.

    Attributes:
        lower: [shape=(faces,)] cell into which each flows
        amount: [shape=(faces,)] mL
        leaving: [shape=(n,)] through the foramina, mL
        mixed: [shape=(n,)] volume in which all that comes to a cell mixes, mL
        after: [shape=(n,)] volume that it holds afterwards, mL
    """

    lower: IndexArray
    amount: FloatArray
    leaving: FloatArray
    mixed: FloatArray
    after: FloatArray


def transport(model: HydraulicModel, flow: Flow, step: BalancedStep, portion: Portion, at_ms: int) -> Flow:
    """Move what the stream carries until `at_ms`, and settle the sac's pressure."""
    active = step.active
    source = portion.brought_ml[active]
    streams = _limited_streams(step, flow.held_ml[active], source)
    have = np.stack(
        [
            flow.blood_ml[active],
            flow.contrast_ml[active],
            flow.fluid_ml[active],
            flow.iodine_mg[active],
            flow.drawn[active],
        ],
        axis=1,
    )
    concentration = np.empty((len(active), 5))
    order = np.argsort(-step.excess, kind="stable")
    carried = kernels.Streams(lower=streams.lower, amount=streams.amount)
    kernels.carry(concentration, have + _given(portion, source), streams.mixed, order, carried, step.rows)
    now = concentration * streams.after[:, None]
    capacity = model.space.cells.fluid_ml[active] + model.capacity_ml[active]
    kernels.redistribute_overflow(now, capacity, step.a, step.b, LEAST_OVERFLOW_ML, OVERFLOW_SWEEPS)
    moved = _replaced(flow, step, now, concentration * streams.leaving[:, None], at_ms)
    absorbed = flow.absorbed_ml + 1e-3 * (at_ms - flow.at_ms) * CSF_OUTFLOW_ML_PER_MMHG_S * flow.sac_mmhg
    pressed_out = max(dented_ml(model, moved) - absorbed, 0.0)
    sac_mmhg = SAC_MMHG * model.parameters.stiffness * pressed_out**SAC_EXPONENT
    return replace(moved, absorbed_ml=absorbed, sac_mmhg=sac_mmhg)


def _limited_streams(step: BalancedStep, held: FloatArray, source: FloatArray) -> _Streams:
    """The streams, cut down so that no cell gives more than it had, however little the pressures are off."""
    stream, leaving = step.stream, step.leaving
    size = len(step.active)
    upper, lower = np.where(stream >= 0.0, step.a, step.b), np.where(stream >= 0.0, step.b, step.a)
    amount = np.abs(stream)
    dry = np.zeros(size, bool)
    while True:
        arriving = np.bincount(lower, amount, size)
        departing = np.bincount(upper, amount, size) + leaving
        drier = (held + arriving + source - departing < LEAST_LEFT * held) & ~dry
        if not drier.any():
            break
        dry |= drier
        gives = np.where(
            drier, np.minimum(1.0, (1.0 - LEAST_LEFT) * (held + source) / np.maximum(departing, 1e-30)), 1.0
        )
        amount, leaving = amount * gives[upper], leaving * gives
    return _Streams(
        lower=lower,
        amount=amount,
        leaving=leaving,
        mixed=np.maximum(held + arriving + source, 1e-15),
        after=held + arriving + source - departing,
    )


def _given(portion: Portion, source: FloatArray) -> FloatArray:
    """Blood, contrast, fluid, iodine and moments that each cell is given, shape (n, 5)."""
    given = np.zeros((len(source), 5))
    if portion.injectate is not None:
        fraction = source / portion.injectate.volume_ml
        given[:, 0] = fraction * portion.injectate.blood_ml
        given[:, 1] = fraction * portion.injectate.contrast_ml
        given[:, 4] = given[:, 0] * 1e-3 * portion.drawn_ms
    return given


def _replaced(flow: Flow, step: BalancedStep, now: FloatArray, gone: FloatArray, at_ms: int) -> Flow:
    """The flow with new values in the cells of a step."""
    active = step.active

    def put(old: FloatArray, new: FloatArray) -> FloatArray:
        whole = old.copy()
        whole[active] = new
        whole.setflags(write=False)
        return whole

    return Flow(
        blood_ml=put(flow.blood_ml, now[:, 0]),
        contrast_ml=put(flow.contrast_ml, now[:, 1]),
        fluid_ml=put(flow.fluid_ml, now[:, 2]),
        iodine_mg=put(flow.iodine_mg, now[:, 3]),
        drawn=put(flow.drawn, now[:, 4]),
        excess_mmhg=put(flow.excess_mmhg, step.excess),
        out_blood_ml=put(flow.out_blood_ml, flow.out_blood_ml[active] + gone[:, 0]),
        out_contrast_ml=put(flow.out_contrast_ml, flow.out_contrast_ml[active] + gone[:, 1]),
        out_fluid_ml=put(flow.out_fluid_ml, flow.out_fluid_ml[active] + gone[:, 2]),
        at_ms=at_ms,
    )
