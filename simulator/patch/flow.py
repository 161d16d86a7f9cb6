"""Flow: blood under pressure in the epidural space, as a finite-volume balance of its cells.

Every cell keeps what it holds; what it holds more than at rest it has room for by pushing fat and veins aside and by
denting the sac, the more stiffly the fuller it is. Between cells the stream follows Darcy's law beyond a least
pressure difference that parts the tissue (a Bingham body): so the spread goes with the volume and hardly with the
rate, and stays when the plunger rests. The sac is one body of fluid: what is pressed out of it raises its pressure
everywhere.

One portion is a few implicit steps. Pressures balance every cell (semi-smooth Newton with a search along its direction,
conjugate gradients whose sums do not depend on threads), what flows is then taken from them face by face, so volume is
conserved to rounding whatever the accuracy of the pressures. What the stream carries follows upwind, implicitly, from
the highest pressure down. The numbers of all this stand in `data/epidural_flow.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from simulator.patch import flow_kernels as kernels
from simulator.patch.clotting import BLOOD_MPA_S, mixture_mpa_s, thickening
from simulator.patch.epidural_parameters import EpiduralParameters
from simulator.patch.epidural_space import EpiduralSpace
from simulator.patch.injectate import Injectate
from simulator.patch.parameters import parameter

Array = NDArray[np.float64]

MOBILITY_MM2_PER_MMHG_S = parameter("mobility")
SEPTUM_OPEN = parameter("septum_open_share")
CLOT_PARTS = parameter("clot_parts")
CREEP = parameter("creep_share")
PARTING_MMHG_PER_MM = parameter("parting")
ACROSS = parameter("across")
HALF_FULL_MMHG = parameter("half_full")
SAC_MMHG, SAC_EXPONENT = parameter("sac"), parameter("sac_exponent")
FORAMEN_ML_PER_MMHG_S_MM, FORAMEN_OPENS_MMHG = parameter("foramen_outflow"), parameter("foramen_opens")
CSF_OUTFLOW_ML_PER_MMHG_S = parameter("csf_outflow")

STEP_ML = 0.5
SETTLED_ML_MMHG, MOST_STEPS, MOST_TURNS = 1e-9, 60, 200
MARGIN_CELLS = 5  # a step's system goes so far beyond the cells that hold or feel anything
REACHED_ML, REACHED_MMHG = 1e-5, 0.005
LEAST_LEFT = 0.02  # of what a cell held
MOST_FILLED = 0.95  # of a cell's volume
SPILLS, SPILLED_ML = 250, 1e-6


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

    blood_ml: Array
    contrast_ml: Array
    fluid_ml: Array
    iodine_mg: Array
    drawn: Array
    excess_mmhg: Array
    out_blood_ml: Array
    out_contrast_ml: Array
    out_fluid_ml: Array
    absorbed_ml: float = 0.0
    sac_mmhg: float = 0.0
    at_ms: int = 0

    @property
    def held_ml(self) -> Array:
        """All fluid of each cell."""
        return self.blood_ml + self.contrast_ml + self.fluid_ml


def at_rest(space: EpiduralSpace) -> Flow:
    """The space before any injection."""
    zero = np.zeros(space.cells)
    zero.setflags(write=False)
    return Flow(
        blood_ml=zero,
        contrast_ml=zero,
        fluid_ml=space.fluid_ml,
        iodine_mg=space.fluid_iodine_mg,
        drawn=zero,
        excess_mmhg=zero,
        out_blood_ml=zero,
        out_contrast_ml=zero,
        out_fluid_ml=zero,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HydraulicModel:
    """What does not change while somebody injects: the space with this person's traits in it.

    Attributes:
        room_ml: [shape=(cells,)] that a cell can take beyond what it holds at rest
        dents: [shape=(cells,)] share of that room by which the sac gives way
        mobility: [shape=(faces,)] of fresh blood, mL/s per mmHg
        parts_up_mmhg, parts_down_mmhg: [shape=(faces,)] differences that part the tissue, by the stream's direction:
            from the first cell to the second, and back
        exit: [shape=(cells,)] outflow at a foramen's outer end, mL/s per mmHg
        starts, neighbours, through: int32, each cell's neighbours in ascending order and the faces to them, by rows
    """

    space: EpiduralSpace
    traits: EpiduralParameters
    room_ml: Array
    dents: Array
    mobility: Array
    parts_up_mmhg: Array
    parts_down_mmhg: Array
    exit: Array
    starts: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    through: NDArray[np.int32]


def medium_of(space: EpiduralSpace, traits: EpiduralParameters) -> HydraulicModel:
    """The space as this person has it."""
    rng = np.random.default_rng(traits.seed)
    coarse = rng.standard_normal((64, 16, 16))
    cell = (space.place[:, ::-1] // 6.0).astype(np.int64) % np.array(coarse.shape)
    hard = space.parts_at * np.exp(traits.irregularity * coarse[tuple(cell.T)])
    a, b = space.first, space.second
    along = space.axis == 0
    parts = PARTING_MMHG_PER_MM * traits.parting * space.apart_mm * 0.5 * (hard[a] + hard[b])
    parts = parts * np.where(along, 1.0, ACROSS * traits.across)
    septum = np.where(space.septum, traits.septum_mmhg * 0.5 * (space.parts_at[a] + space.parts_at[b]), 0.0)
    bias = np.where(along, traits.cranial_bias, 0.0)
    pushed = np.minimum(traits.roominess * space.fat_ml, MOST_FILLED * space.volume_ml - space.fluid_ml)
    pushed = np.maximum(pushed, 0.0)
    sac = np.minimum(traits.roominess * space.sac_ml, np.where(space.in_view, space.dent.total_ml, space.sac_ml))
    ends, number = (np.concatenate([a, b]), np.concatenate([b, a])), np.arange(len(a), dtype=np.float64)
    rows = coo_array((np.concatenate([number, number]), ends), shape=(space.cells, space.cells)).tocsr()
    rows.sort_indices()
    return HydraulicModel(
        space=space,
        traits=traits,
        room_ml=pushed + sac,
        dents=sac / np.maximum(pushed + sac, 1e-12),
        mobility=1e-3 * MOBILITY_MM2_PER_MMHG_S * space.conducts_mm * np.where(space.septum, SEPTUM_OPEN, 1.0),
        parts_up_mmhg=parts * (1.0 - bias) + septum,
        parts_down_mmhg=parts * (1.0 + bias) + septum,
        exit=FORAMEN_ML_PER_MMHG_S_MM * traits.patency * space.exit_mm,
        starts=rows.indptr.astype(np.int32),
        neighbours=rows.indices.astype(np.int32),
        through=rows.data.astype(np.int32),
    )


def inject(
    medium: HydraulicModel, before: Flow, cell: int, injectate: Injectate, *, drawn_ms: int, until_ms: int
) -> Flow:
    """Let a portion flow in at one cell, evenly until a moment.

    Args:
        cell: where the needle opens
        drawn_ms: moment at which its blood was drawn
        until_ms: moment at which the last of it has flowed in
    """
    steps = max(1, round(np.ceil(injectate.volume_ml / STEP_ML - 1e-9)))
    part = injectate.share(injectate.volume_ml / steps)
    flow = before
    for k in range(1, steps + 1):
        at_ms = before.at_ms + round((until_ms - before.at_ms) * k / steps)
        flow = _step(medium, flow, cell, part, drawn_ms, max(at_ms, flow.at_ms + 1))
    return flow


def rest(medium: HydraulicModel, before: Flow, until_ms: int) -> Flow:
    """Let time pass without injecting: pressures even out and fall, blood sets."""
    flow = before
    while flow.at_ms < until_ms and flow.blood_ml.any() | flow.contrast_ml.any():
        span = until_ms - flow.at_ms
        flow = _step(medium, flow, None, None, 0, flow.at_ms + (span if span < 20_000 else -(-span // 4)))
    return replace(flow, at_ms=max(until_ms, before.at_ms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """Pressures and streams of one step, in the cells that its system holds.

    Attributes:
        active: [shape=(n,)] these cells, ascending
        rows: starts, middles, neighbours and faces of these among themselves
        a, b: [shape=(faces,)] numbers, among these, of the cells on either side
        excess: [shape=(n,)] local pressure afterwards, mmHg
        stream: [shape=(faces,)] from a to b, mL
        leaving: [shape=(n,)] through the foramina, mL
    """

    active: NDArray[np.int64]
    rows: tuple[NDArray[np.int32], ...]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    excess: Array
    stream: Array
    leaving: Array


def _step(
    medium: HydraulicModel, flow: Flow, cell: int | None, part: Injectate | None, drawn_ms: int, at_ms: int
) -> Flow:
    """One step: its system holds what lies about the cells that are reached, and more if pressure comes to its rim."""
    brought = np.zeros(medium.space.cells)
    if part is not None and cell is not None:
        brought[cell] = part.volume_ml
    inside = (flow.blood_ml + flow.contrast_ml > REACHED_ML) | (np.abs(flow.excess_mmhg) > REACHED_MMHG)
    inside |= brought > 0.0
    while True:
        inside, rim = _grown(medium.space, inside)
        balanced = _balanced(medium, flow, np.flatnonzero(inside), brought, 1e-3 * (at_ms - flow.at_ms))
        if not (np.abs(balanced.excess[rim[inside]]) > REACHED_MMHG).any():
            return _carried(medium, flow, balanced, brought, part, drawn_ms, at_ms)


def _grown(space: EpiduralSpace, inside: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """These cells with a margin, and the outermost of all: those that others lie beyond."""
    wider = inside.copy()
    for _ in range(MARGIN_CELLS):
        either = wider[space.first] | wider[space.second]
        wider[space.first[either]] = True
        wider[space.second[either]] = True
    ends = wider[space.first] != wider[space.second]
    rim = np.zeros(len(wider), bool)
    rim[space.first[ends]] = True
    rim[space.second[ends]] = True
    return wider, rim & wider


def _balanced(
    medium: HydraulicModel, flow: Flow, active: NDArray[np.int64], brought: Array, seconds: float
) -> Balanced:
    """Pressures of these cells after a step, and what they make flow."""
    space = medium.space
    number, face_number = np.full(space.cells, -1, np.int32), np.full(len(space.first), -1, np.int32)
    number[active] = np.arange(len(active))
    faces = np.flatnonzero((number[space.first] >= 0) & (number[space.second] >= 0))
    face_number[faces] = np.arange(len(faces))
    rows = kernels.rows_among(active, medium.starts, medium.neighbours, medium.through, number, face_number)
    a, b = number[space.first[faces]].astype(np.int64), number[space.second[faces]].astype(np.int64)
    blood, contrast = flow.blood_ml[active], flow.contrast_ml[active]
    fluid, before = flow.fluid_ml[active], flow.excess_mmhg[active]
    age_ms = flow.at_ms - 1e3 * flow.drawn[active] / np.maximum(blood, 1e-12)
    thicker = np.where(blood > 1e-9, thickening(age_ms, in_tissue=True), 1.0)
    thick = mixture_mpa_s(blood, contrast, fluid, thicker) / BLOOD_MPA_S
    upstream = np.where(before[a] >= before[b], a, b)
    mobility = seconds * medium.mobility[faces] / thick[upstream]
    stuck = 1.0 + CLOT_PARTS * np.log2(thicker)
    firmer = 0.5 * (stuck[a] + stuck[b])
    up, down = firmer * medium.parts_up_mmhg[faces], firmer * medium.parts_down_mmhg[faces]
    opening = flow.sac_mmhg - FORAMEN_OPENS_MMHG
    exits = np.where(blood + contrast > 1e-6, seconds * medium.exit[active], 0.0) / thick
    rested = space.fluid_ml[active]
    excess = before.copy()
    kernels.balance(
        excess,
        blood + contrast + fluid - rested + brought[active],
        medium.room_ml[active],
        rested,
        HALF_FULL_MMHG,
        a,
        b,
        mobility,
        up,
        down,
        CREEP,
        exits,
        opening,
        *rows,
        SETTLED_ML_MMHG,
        MOST_STEPS,
        MOST_TURNS,
    )
    stream = _stream(excess[a] - excess[b], mobility, up, down)
    leaving = exits * np.maximum(excess + opening, 0.0)
    return Balanced(active=active, rows=rows, a=a, b=b, excess=excess, stream=stream, leaving=leaving)


def _stream(difference: Array, mobility: Array, up: Array, down: Array) -> Array:
    """Stream through each face at a pressure difference."""
    beyond = np.maximum(np.abs(difference) - np.where(difference > 0.0, up, down), 0.0)
    within = difference - np.sign(difference) * beyond
    return mobility * (CREEP * within + np.sign(difference) * beyond)


def _carried(
    medium: HydraulicModel,
    flow: Flow,
    balanced: Balanced,
    brought: Array,
    part: Injectate | None,
    drawn_ms: int,
    at_ms: int,
) -> Flow:
    """Move what the stream carries, upwind and implicitly, and settle the sac's pressure."""
    active, rows, a, b = balanced.active, balanced.rows, balanced.a, balanced.b
    stream, leaving = balanced.stream, balanced.leaving
    size, source = len(active), brought[active]
    upper, lower = np.where(stream >= 0.0, a, b), np.where(stream >= 0.0, b, a)
    amount = np.abs(stream)
    held = flow.held_ml[active]
    dry = np.zeros(size, bool)
    while True:  # no cell gives more than it had, however little the pressures are off
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
    mixed = np.maximum(held + arriving + source, 1e-15)
    after = held + arriving + source - departing
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
    given = np.zeros((size, 5))
    if part is not None:
        share = source / part.volume_ml
        given[:, 0], given[:, 1] = share * part.blood_ml, share * part.contrast_ml
        given[:, 4] = given[:, 0] * 1e-3 * drawn_ms
    concentration = np.empty((size, 5))
    order = np.argsort(-balanced.excess, kind="stable")
    kernels.carry(concentration, have + given, mixed, order, lower, amount, rows[0], rows[2], rows[3])
    now = concentration * after[:, None]
    kernels.spill(now, medium.space.fluid_ml[active] + medium.room_ml[active], a, b, SPILLED_ML, SPILLS)
    gone = concentration * leaving[:, None]

    def put(old: Array, new: Array) -> Array:
        whole = old.copy()
        whole[active] = new
        whole.setflags(write=False)
        return whole

    result = Flow(
        blood_ml=put(flow.blood_ml, now[:, 0]),
        contrast_ml=put(flow.contrast_ml, now[:, 1]),
        fluid_ml=put(flow.fluid_ml, now[:, 2]),
        iodine_mg=put(flow.iodine_mg, now[:, 3]),
        drawn=put(flow.drawn, now[:, 4]),
        excess_mmhg=put(flow.excess_mmhg, balanced.excess),
        out_blood_ml=put(flow.out_blood_ml, flow.out_blood_ml[active] + gone[:, 0]),
        out_contrast_ml=put(flow.out_contrast_ml, flow.out_contrast_ml[active] + gone[:, 1]),
        out_fluid_ml=put(flow.out_fluid_ml, flow.out_fluid_ml[active] + gone[:, 2]),
        at_ms=at_ms,
    )
    absorbed = flow.absorbed_ml + 1e-3 * (at_ms - flow.at_ms) * CSF_OUTFLOW_ML_PER_MMHG_S * flow.sac_mmhg
    pressed_out = max(dented_ml(medium, result) - absorbed, 0.0)
    return replace(
        result, absorbed_ml=absorbed, sac_mmhg=SAC_MMHG * medium.traits.stiffness * pressed_out**SAC_EXPONENT
    )


def taken_ml(medium: HydraulicModel, flow: Flow) -> Array:
    """What each cell holds beyond rest, shape (cells,), mL."""
    return np.asarray(flow.held_ml - medium.space.fluid_ml)


def dented_ml(medium: HydraulicModel, flow: Flow) -> float:
    """Volume by which the sac is dented, mL."""
    return float((np.maximum(taken_ml(medium, flow), 0.0) * medium.dents).sum())


def pressure_mmhg(flow: Flow, cell: int) -> float:
    """Epidural pressure above baseline where the needle opens."""
    return max(float(flow.excess_mmhg[cell]) + flow.sac_mmhg, 0.0)
