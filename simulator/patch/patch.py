"""Patch: all that was injected into one patient, wherever it went, and how it stands at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from phantoms.phantom import BasisVolume
from simulator.patch import elsewhere
from simulator.patch.deposit import deposited
from simulator.patch.flow import Flow, HydraulicModel, at_rest, dented_ml, inject, pressure_mmhg, rest
from simulator.patch.in_the_sac import InTheSac, added, lying
from simulator.patch.injectate import Injectate
from simulator.patch.injected import Injected, nothing_injected, together

Destination = Literal["epidural", "intrathecal", "subdural", "soft tissue", "vein"]

SETTLES_MS = 5_000  # nothing that an image shows moves within this time after the plunger has stopped
SINKS_BY_MS = 500  # what is in the sac is laid out anew when it had this time to move
SETTLES_SHARE = 0.5  # of the time since then: the longer blood lies, the slower it moves


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
    sac: tuple[InTheSac, ...] = ()
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
class Source:
    """Where and when a portion leaves the needle."""

    opening_mm: tuple[float, float, float]
    destination: Destination
    drawn_ms: int
    from_ms: int
    until_ms: int


def flow_in(
    medium: HydraulicModel,
    volume: BasisVolume,
    before: Patch,
    source: Source,
    injectate: Injectate,
    front: elsewhere.Front | None,
) -> tuple[Patch, float]:
    """Let a portion leave the needle.

    Args:
        medium: the epidural space; one without cells, of an anatomy that has no voxels, keeps nothing of what flows in
        volume: the canal's voxels
        front: the way from the opening, where the needle opens outside the epidural space

    Returns:
        the patch afterwards, and the pressure at the opening above baseline, mmHg
    """
    patch = settled(medium, volume, before, source.from_ms)
    pressure = 0.0
    if source.destination == "epidural" and medium.space.cells > 0:
        cell = medium.space.cell_at(source.opening_mm)
        flow = patch.flow or replace(at_rest(medium.space), at_ms=source.from_ms)
        if flow.at_ms < source.from_ms:
            flow = replace(flow, at_ms=source.from_ms)
        flow = inject(medium, flow, cell, injectate, drawn_ms=source.drawn_ms, until_ms=source.until_ms)
        patch = replace(patch, flow=flow, poured_ms=source.until_ms)
        pressure = pressure_mmhg(flow, cell)
    elif front is not None:
        if source.destination == "vein":
            vein = elsewhere.washed_out(patch.vein, source.until_ms - source.from_ms)
            vein, _ = elsewhere.inject(vein, volume, front, injectate)
            washed = patch.washed_ml + injectate.volume_ml
            patch = replace(patch, vein=vein, vein_ms=source.until_ms, washed_ml=washed)
        elif source.destination == "intrathecal":
            sac = added(patch.sac, front, injectate, 0.5 * (source.from_ms + source.until_ms))
            patch = replace(patch, sac=sac, sac_ms=source.until_ms)
            pressure = TIGHT_MMHG if lying(sac, volume, source.until_ms)[1] > 0.0 else 0.0
        else:
            stayed, spare_ml = elsewhere.inject(patch.stayed, volume, front, injectate)
            patch = replace(patch, stayed=stayed)
            pressure = TIGHT_MMHG if source.destination == "soft tissue" or spare_ml > 0.0 else 0.0
    return _seen(medium, volume, patch, before.injected.revision + 1), pressure


TIGHT_MMHG = 60.0  # assumption: what muscle and ligament hold against a portion of blood


def settled(medium: HydraulicModel, volume: BasisVolume, before: Patch, now_ms: int) -> Patch:
    """The patch at a later moment: pressures fall, blood sets, what is in a vein washes out."""
    patch = before
    if patch.flow is not None:
        least_ms = max(SETTLES_MS, SETTLES_SHARE * (patch.flow.at_ms - patch.poured_ms))
        if now_ms - patch.flow.at_ms >= least_ms:
            patch = replace(patch, flow=rest(medium, patch.flow, now_ms))
    if patch.vein.voxels.size and now_ms > patch.vein_ms:
        vein = elsewhere.washed_out(patch.vein, now_ms - patch.vein_ms)
        patch = replace(patch, vein=vein, vein_ms=now_ms)
    if patch.sac and now_ms - patch.sac_ms >= SINKS_BY_MS:
        patch = replace(patch, sac_ms=now_ms)
    if patch is before:
        return before
    return _seen(medium, volume, patch, before.injected.revision + 1)


def sac_dented_ml(medium: HydraulicModel, patch: Patch) -> float:
    """CSF that the sac has given up, mL."""
    return 0.0 if patch.flow is None else dented_ml(medium, patch.flow)


def _seen(medium: HydraulicModel, volume: BasisVolume, patch: Patch, revision: int) -> Patch:
    parts = [patch.stayed, patch.vein, lying(patch.sac, volume, patch.sac_ms)[0]]
    if patch.flow is not None:
        parts.append(deposited(medium, patch.flow, volume, revision))
    return replace(patch, injected=together(parts, revision))
