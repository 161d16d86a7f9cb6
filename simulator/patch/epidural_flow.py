"""Epidural flow: blood under pressure in the epidural space, as a finite-volume balance of its cells.

Every cell keeps what it holds; what it holds more than at rest it has room for by pushing fat and veins aside and by
denting the sac, the more stiffly the fuller it is. The tissue yields only beyond a least pressure difference: so the
spread goes with the volume and hardly with the rate, and stays when the plunger rests. The sac is one body of fluid:
what is pressed out of it raises its pressure everywhere.

One portion is a few implicit steps. Each balances the pressures (`pressure_balance`) and then moves what the stream
carries (`flow_transport`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.patch.flow_state import Flow
from simulator.patch.flow_transport import Portion, transport
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.patch.injectate import Injectate
from simulator.patch.pressure_balance import balance_step, grow_margin

STEP_ML = 0.5
REACHED_ML, REACHED_MMHG = 1e-5, 0.005


def inject_into_cell(
    model: HydraulicModel, before: Flow, cell: int, injectate: Injectate, *, drawn_ms: int, until_ms: int
) -> Flow:
    """Let a portion flow in at one cell, evenly until a moment.

    Args:
        model: the epidural space of this person
        before: what the cells hold
        cell: where the needle opens
        injectate: the portion
        drawn_ms: moment at which its blood was drawn
        until_ms: moment at which the last of it has flowed in
    """
    steps = max(1, round(np.ceil(injectate.volume_ml / STEP_ML - 1e-9)))
    part = injectate.portion(injectate.volume_ml / steps)
    brought = np.zeros(model.space.cells.count)
    brought[cell] = part.volume_ml
    portion = Portion(brought_ml=brought, injectate=part, drawn_ms=drawn_ms)
    flow = before
    for k in range(1, steps + 1):
        at_ms = before.at_ms + round((until_ms - before.at_ms) * k / steps)
        flow = _step(model, flow, portion, max(at_ms, flow.at_ms + 1))
    return flow


def let_settle(model: HydraulicModel, before: Flow, until_ms: int) -> Flow:
    """Let time pass without injecting: pressures even out and fall, blood sets."""
    nothing = Portion(brought_ml=np.zeros(model.space.cells.count), injectate=None, drawn_ms=0)
    flow = before
    while flow.at_ms < until_ms and flow.blood_ml.any() | flow.contrast_ml.any():
        span = until_ms - flow.at_ms
        flow = _step(model, flow, nothing, flow.at_ms + (span if span < 20_000 else -(-span // 4)))
    return replace(flow, at_ms=max(until_ms, before.at_ms))


def _step(model: HydraulicModel, flow: Flow, portion: Portion, at_ms: int) -> Flow:
    """One step: its system holds what lies about the cells that are reached, and more if pressure comes to its rim."""
    inside = (flow.blood_ml + flow.contrast_ml > REACHED_ML) | (np.abs(flow.excess_mmhg) > REACHED_MMHG)
    inside |= portion.brought_ml > 0.0
    seconds = 1e-3 * (at_ms - flow.at_ms)
    while True:
        inside, rim = grow_margin(model.space, inside)
        step = balance_step(model, flow, np.flatnonzero(inside), portion.brought_ml, seconds)
        if not (np.abs(step.excess[rim[inside]]) > REACHED_MMHG).any():
            return transport(model, flow, step, portion, at_ms)
