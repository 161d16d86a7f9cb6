"""Oracle of the rigid registration: every shift within reach is compared, none passed over."""

from __future__ import annotations

import numpy as np

from simulator.interface.frame import Frame
from simulator.operators.perception import rigid_registration as registration
from simulator.spatial.frames import PatientDisplacement, TablePoint


def estimate_rigid_shift(planning: Frame, press: Frame, about: TablePoint) -> registration.RigidShift | None:
    """The first of all shifts with the least mean difference over the pixels that agree best."""
    pixel = planning.pixel_spacing_mm
    row, column = planning.pixel_of(about.x_mm, about.y_mm)
    half = round(registration.HALF_MM / pixel)
    across, down = (int(np.ceil(reach / pixel)) for reach in registration.REACH_MM[:2])
    rows = registration._window(row, half, down, planning.hu.shape[1])
    columns = registration._window(column, half, across, planning.hu.shape[2])
    cut = planning.hu[:, rows[0] - down : rows[1] + down, columns[0] - across : columns[1] + across]
    whole = registration._prepared(cut)
    seen = registration._prepared(press.hu[:, rows[0] : rows[1], columns[0] : columns[1]])[:, ::2, ::2]
    heights = np.arange(-registration.REACH_MM[2], registration.REACH_MM[2] + 0.01, registration.STEP_Z_MM)
    best: registration.RigidShift | None = None
    for dz in heights:
        there = registration._as_thick(planning, whole, press, float(dz))
        if there is None or registration._as_thick(planning, whole, press, -float(dz)) is None:
            continue
        for dr in range(-down, down + 1):
            for dc in range(-across, across + 1):
                part = there[:, down - dr : down - dr + rows[1] - rows[0]]
                part = part[:, :, across - dc : across - dc + columns[1] - columns[0]]
                apart = np.abs(part[:, ::2, ::2] - seen).ravel()
                keep = int(registration.FRACTION_ALIKE * apart.size)
                cost = float(np.partition(apart, keep)[:keep].mean())
                if best is None or cost < best.difference_hu:
                    moved = PatientDisplacement(-dc * pixel, -dr * pixel, float(dz))
                    best = registration.RigidShift(displacement=moved, difference_hu=cost)
    return best
