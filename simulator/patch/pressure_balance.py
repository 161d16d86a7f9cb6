"""Pressure balance: the pressures of the cells after a step, and what they make flow.

Pressures balance every cell (semi-smooth Newton with a search along its direction, conjugate gradients whose sums do
not depend on threads). Between cells the stream follows Darcy's law beyond a least pressure difference at which the
tissue yields (a Bingham body).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.patch import flow_balance_kernels as kernels
from simulator.patch.cell_rows_kernels import Rows, rows_among
from simulator.patch.clotting import BLOOD_MPA_S, mixture_mpa_s, thickening
from simulator.patch.epidural_space import EpiduralSpace
from simulator.patch.flow_parameter_table import parameter
from simulator.patch.flow_state import Flow
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.spatial.arrays import BoolArray, FloatArray, IndexArray

CLOT_YIELD = parameter("clot_yield")
CREEP = parameter("creep_fraction")
HALF_FULL_MMHG = parameter("half_full")
FORAMEN_OPENS_MMHG = parameter("foramen_opens")

SETTLED_ML_MMHG, MOST_STEPS, MOST_TURNS = 1e-9, 60, 200
MARGIN_CELLS = 5  # a step's system goes so far beyond the cells that hold or feel anything


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancedStep:
    """Pressures and streams of one step, in the cells that its system holds.

    Attributes:
        active: [shape=(n,)] these cells, ascending
        rows: of these among themselves
        a, b: [shape=(faces,)] numbers, among these, of the cells on either side
        excess: [shape=(n,)] local pressure afterwards, mmHg
        stream: [shape=(faces,)] from a to b, mL
        leaving: [shape=(n,)] through the foramina, mL
    """

    active: IndexArray
    rows: Rows
    a: IndexArray
    b: IndexArray
    excess: FloatArray
    stream: FloatArray
    leaving: FloatArray


def grow_margin(space: EpiduralSpace, inside: BoolArray) -> tuple[BoolArray, BoolArray]:
    """These cells with a margin, and the outermost of all: those that others lie beyond."""
    first, second = space.faces.first, space.faces.second
    wider = inside.copy()
    for _ in range(MARGIN_CELLS):
        either = wider[first] | wider[second]
        wider[first[either]] = True
        wider[second[either]] = True
    ends = wider[first] != wider[second]
    rim = np.zeros(len(wider), bool)
    rim[first[ends]] = True
    rim[second[ends]] = True
    return wider, rim & wider


def balance_step(
    model: HydraulicModel, flow: Flow, active: IndexArray, brought: FloatArray, seconds: float
) -> BalancedStep:
    """Pressures of these cells after a step, and what they make flow."""
    space = model.space
    first, second = space.faces.first, space.faces.second
    number, face_number = np.full(space.cells.count, -1, np.int32), np.full(len(first), -1, np.int32)
    number[active] = np.arange(len(active))
    faces = np.flatnonzero((number[first] >= 0) & (number[second] >= 0))
    face_number[faces] = np.arange(len(faces))
    rows = rows_among(active, model.starts, model.neighbours, model.through, number, face_number)
    a, b = number[first[faces]].astype(np.int64), number[second[faces]].astype(np.int64)
    blood, contrast = flow.blood_ml[active], flow.contrast_ml[active]
    fluid, before = flow.fluid_ml[active], flow.excess_mmhg[active]
    age_ms = flow.at_ms - 1e3 * flow.drawn[active] / np.maximum(blood, 1e-12)
    thicker = np.where(blood > 1e-9, thickening(age_ms, in_tissue=True), 1.0)
    thick = mixture_mpa_s(blood, contrast, fluid, thicker) / BLOOD_MPA_S
    upstream = np.where(before[a] >= before[b], a, b)
    mobility = seconds * model.mobility_ml_per_mmhg_s[faces] / thick[upstream]
    stuck = 1.0 + CLOT_YIELD * np.log2(thicker)
    firmer = 0.5 * (stuck[a] + stuck[b])
    up, down = firmer * model.yield_up_mmhg[faces], firmer * model.yield_down_mmhg[faces]
    opening = flow.sac_mmhg - FORAMEN_OPENS_MMHG
    exits = np.where(blood + contrast > 1e-6, seconds * model.foramen_ml_per_mmhg_s[active], 0.0) / thick
    rested = space.cells.fluid_ml[active]
    excess = before.copy()
    kernels.balance(
        excess,
        blood + contrast + fluid - rested + brought[active],
        kernels.Storage(capacity=model.capacity_ml[active], fluid=rested, half=HALF_FULL_MMHG),
        kernels.Faces(first=a, second=b, mobility=mobility, yield_up=up, yield_down=down, creep=CREEP),
        kernels.Exits(conductance=exits, opening=opening),
        rows,
        kernels.Limits(settled=SETTLED_ML_MMHG, steps=MOST_STEPS, turns=MOST_TURNS),
    )
    stream = _stream(excess[a] - excess[b], mobility, up, down)
    leaving = exits * np.maximum(excess + opening, 0.0)
    return BalancedStep(active=active, rows=rows, a=a, b=b, excess=excess, stream=stream, leaving=leaving)


def _stream(difference: FloatArray, mobility: FloatArray, up: FloatArray, down: FloatArray) -> FloatArray:
    """Stream through each face at a pressure difference."""
    beyond = np.maximum(np.abs(difference) - np.where(difference > 0.0, up, down), 0.0)
    within = difference - np.sign(difference) * beyond
    return np.asarray(mobility * (CREEP * within + np.sign(difference) * beyond))
