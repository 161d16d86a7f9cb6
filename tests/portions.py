"""Portions of blood for tests: one after another, from one opening in the canal of patient 2."""

from __future__ import annotations

import numpy as np

from phantoms.phantom import Phantom
from simulator.patch.injectate import Injectate
from simulator.patch.patch import Patch, PortionSource, inject_portion
from simulator.scenario.build import Case
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import InjectionDestination

OPENING = PatientPoint(-2.5, 16.5, -3.0)
BLOOD = Injectate(blood_ml=15 / 16, contrast_ml=1 / 16)


def give(
    case: Case,
    patch: Patch,
    portion: Injectate,
    number: int,
    destination: InjectionDestination = InjectionDestination.EPIDURAL,
) -> Patch:
    """One portion of a millilitre's time, the number-th."""
    world = case.world
    source = PortionSource(
        opening_mm=OPENING,
        destination=destination,
        drawn_ms=0,
        from_ms=60_000 + 3_333 * number,
        until_ms=60_000 + 3_333 * (number + 1),
    )
    front = None if destination is InjectionDestination.EPIDURAL else world.front(OPENING, destination)
    patch, _ = inject_portion(world.medium, world.phantom.canal, patch, source, portion, front)
    return patch


def voxel_ml(phantom: Phantom) -> float:
    return float(np.prod(phantom.canal.grid.spacing_mm)) * 1e-3
