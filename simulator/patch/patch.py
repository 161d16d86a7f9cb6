"""Patch: all that was injected into one patient, wherever it went, and how it stands at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from phantoms.phantom import BasisVolume
from simulator.patch.epidural_flow import inject_into_cell, let_settle
from simulator.patch.extraepidural_spread import SpreadFront, inject_at_front, wash_out
from simulator.patch.flow_state import Flow, dented_ml, flow_at_rest, pressure_mmhg
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected, combine_injected, nothing_injected
from simulator.patch.intrathecal_mixing import IntrathecalPortion, add_intrathecally, lay_out_in_sac
from simulator.patch.voxelised_flow import voxelise_flow
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import InjectionDestination

SETTLES_MS = 5_000  # nothing that an image shows moves within this time after the plunger has stopped
SINKS_BY_MS = 500  # what is in the sac is laid out anew when it had this time to move
SETTLES_FRACTION = 0.5  # of the time since then: the longer blood lies, the slower it moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What was injected.

    Attributes:
        flow: in the epidural space; None before anything came there
        stayed: outside it, where it stays
        sac: in the CSF, where it sinks and thins out
        sac_ms: moment at which that is shown
        vein: in an epidural vein, on its way out
        vein_ms: moment at which the vein held that
        poured_ms: moment at which the last portion was in
        injected: all of it, as the scanner sees it
        washed_ml: what went into veins so far
    """

    flow: Flow | None = None
    stayed: Injected = field(default_factory=nothing_injected)
    sac: tuple[IntrathecalPortion, ...] = ()
    sac_ms: int = 0
    vein: Injected = field(default_factory=nothing_injected)
    vein_ms: int = 0
    poured_ms: int = 0
    injected: Injected = field(default_factory=nothing_injected)
    washed_ml: float = 0.0

    @property
    def sac_mmhg(self) -> float:
        """Rise of the sac's pressure."""
        return 0.0 if self.flow is None else self.flow.sac_mmhg

    @property
    def escaped_ml(self) -> float:
        """What left the canal through the foramina."""
        return 0.0 if self.flow is None else float((self.flow.out_blood_ml + self.flow.out_contrast_ml).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class PortionSource:
    """Where and when a portion leaves the needle."""

    opening_mm: PatientPoint
    destination: InjectionDestination
    drawn_ms: int
    from_ms: int
    until_ms: int


def inject_portion(
    model: HydraulicModel,
    volume: BasisVolume,
    before: Patch,
    source: PortionSource,
    injectate: Injectate,
    front: SpreadFront | None,
) -> tuple[Patch, float]:
    """Let a portion leave the needle.

    Args:
        model: the epidural space; one without cells, of an anatomy that has no voxels, keeps nothing of what flows in
        volume: the canal's voxels
        front: the way from the opening, where the needle opens outside the epidural space

    Returns:
        the patch afterwards, and the pressure at the opening above baseline, mmHg
    """
    patch = settle_patch(model, volume, before, source.from_ms)
    pressure = 0.0
    if source.destination == InjectionDestination.EPIDURAL and model.space.cells.count > 0:
        cell = model.space.cell_at(source.opening_mm)
        flow = patch.flow or replace(flow_at_rest(model.space), at_ms=source.from_ms)
        if flow.at_ms < source.from_ms:
            flow = replace(flow, at_ms=source.from_ms)
        flow = inject_into_cell(model, flow, cell, injectate, drawn_ms=source.drawn_ms, until_ms=source.until_ms)
        patch = replace(patch, flow=flow, poured_ms=source.until_ms)
        pressure = pressure_mmhg(flow, cell)
    elif front is not None:
        if source.destination == InjectionDestination.VEIN:
            vein = wash_out(patch.vein, source.until_ms - source.from_ms)
            vein, _ = inject_at_front(vein, volume, front, injectate)
            washed = patch.washed_ml + injectate.volume_ml
            patch = replace(patch, vein=vein, vein_ms=source.until_ms, washed_ml=washed)
        elif source.destination == InjectionDestination.INTRATHECAL:
            sac = add_intrathecally(patch.sac, front, injectate, 0.5 * (source.from_ms + source.until_ms))
            patch = replace(patch, sac=sac, sac_ms=source.until_ms)
            pressure = TIGHT_MMHG if lay_out_in_sac(sac, volume, source.until_ms)[1] > 0.0 else 0.0
        else:
            stayed, spare_ml = inject_at_front(patch.stayed, volume, front, injectate)
            patch = replace(patch, stayed=stayed)
            pressure = TIGHT_MMHG if source.destination == InjectionDestination.SOFT_TISSUE or spare_ml > 0.0 else 0.0
    return _as_imaged(model, volume, patch, before.injected.revision + 1), pressure


TIGHT_MMHG = 60.0  # assumption: what muscle and ligament hold against a portion of blood


def settle_patch(model: HydraulicModel, volume: BasisVolume, before: Patch, now_ms: int) -> Patch:
    """The patch at a later moment: pressures fall, blood sets, what is in a vein washes out."""
    patch = before
    if patch.flow is not None:
        least_ms = max(SETTLES_MS, SETTLES_FRACTION * (patch.flow.at_ms - patch.poured_ms))
        if now_ms - patch.flow.at_ms >= least_ms:
            patch = replace(patch, flow=let_settle(model, patch.flow, now_ms))
    if patch.vein.voxels.size and now_ms > patch.vein_ms:
        vein = wash_out(patch.vein, now_ms - patch.vein_ms)
        patch = replace(patch, vein=vein, vein_ms=now_ms)
    if patch.sac and now_ms - patch.sac_ms >= SINKS_BY_MS:
        patch = replace(patch, sac_ms=now_ms)
    if patch is before:
        return before
    return _as_imaged(model, volume, patch, before.injected.revision + 1)


def sac_dented_ml(model: HydraulicModel, patch: Patch) -> float:
    """CSF that the sac has given up, mL."""
    return 0.0 if patch.flow is None else dented_ml(model, patch.flow)


def _as_imaged(model: HydraulicModel, volume: BasisVolume, patch: Patch, revision: int) -> Patch:
    parts = [patch.stayed, patch.vein, lay_out_in_sac(patch.sac, volume, patch.sac_ms)[0]]
    if patch.flow is not None:
        parts.append(voxelise_flow(model, patch.flow, volume, revision))
    return replace(patch, injected=combine_injected(parts, revision))
