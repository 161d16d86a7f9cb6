"""Needle bending: the bevel bends the track, bone bows the shaft, and tissue holds back a turn of the hub.

The shaft is a steel beam. Lengths in mm, forces in N, angles in radians.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simulator.needle.needle_catalogue import INTRODUCER_BORE_MM, INTRODUCER_OUTER_MM, QUINCKE_20G, NeedleSpec
from simulator.needle.needle_pose import normal_of_bevel
from simulator.spatial.frames import PatientDirection, patient_direction

STEEL_N_PER_MM2 = 193_000.0  # reference, section 4
STYLET_CLEARANCE_MM = 0.05  # gives the reference's rigidities with stylet
FIXED_PINNED = 2.0457  # Euler's factor of a column held at the hub, hinged at the skin
# Spring of tissue against a shaft that moves sideways, per mm of shaft: set so that a quarter of a turn reaches a 20G
# tip 60 mm deep (assumption); it is of the order of the modulus of muscle, some 5-20 kPa.
TISSUE_N_PER_MM2 = 0.0055
# What the beam leaves of a turn of a deep needle is nothing; pushed on, the hub still leans on the tip (assumption)
DEEP_FRACTION = 0.15
BONE_N_PER_MM = 8.0  # reference, section 4: the force of bone contact rises 8 N/mm
BOW_20G_N = 8.0  # reference, section 4: forces above about 8 N must bow a 20G shaft
HAND_STOPS_N = 15.0  # needle_forces.csv: bone is not penetrated below 15 N; no hand presses harder
HAND_STOPS_MM = 4.0  # assumption: a hand that feels bone pushes no further than this


def bend_by_bevel(
    spec: NeedleSpec, direction: PatientDirection, bevel_rad: float, inserted_mm: float, step_mm: float
) -> PatientDirection:
    """Where the tip points after a step: away from the bevel's opening, on a circle of the needle's bend radius.

    An introducer keeps its own way straight.
    """
    bent = np.array(direction)
    if inserted_mm >= spec.introducer_mm:
        bent = bent - normal_of_bevel(direction, bevel_rad) * step_mm / spec.bend_radius_mm
    return patient_direction(bent / math.sqrt(bent.dot(bent)))


def rigidity_n_mm2(outer_mm: float, bore_mm: float, stylet_in: bool) -> float:
    """Flexural rigidity of a tube, with a stylet in it or hollow, N mm2."""
    second_moment = math.pi / 64.0 * (outer_mm**4 - bore_mm**4)
    if stylet_in:
        second_moment += math.pi / 64.0 * (bore_mm - STYLET_CLEARANCE_MM) ** 4
    return STEEL_N_PER_MM2 * second_moment


def buckling_load_n(rigidity_n_mm2: float, length_mm: float) -> float:
    """Axial force at which a free shaft, held at the hub and hinged at the skin, buckles (Euler)."""
    return FIXED_PINNED * math.pi**2 * rigidity_n_mm2 / length_mm**2


def bow_mm(shortening_mm: float, length_mm: float) -> float:
    """Sideways bow of a half sine whose ends have come nearer by so much; no more than a quarter of its length.

    With p = pi bow / length the shortening is length (p2 / 4 - 3 p4 / 64), the sine's arc to fourth order.
    """
    fraction = min(max(shortening_mm / length_mm, 0.0), 0.25)
    squared = 32.0 / 3.0 * (0.25 - math.sqrt(1.0 / 16.0 - 3.0 * fraction / 16.0))
    return length_mm / math.pi * math.sqrt(squared)


def against_bone(spec: NeedleSpec, stylet_in: bool, pushed_mm: float, free_mm: float) -> tuple[float, float]:
    """Force at the tip and bow of the shaft outside the skin when bone stops a push.

    Args:
        pushed_mm: of the push that was left when bone was met
        free_mm: length of shaft outside the skin
    """
    pushed_mm = min(pushed_mm, HAND_STOPS_MM)
    rigidity = rigidity_n_mm2(spec.outer_diameter_mm, spec.bore_diameter_mm, stylet_in)
    reference = rigidity_n_mm2(QUINCKE_20G.outer_diameter_mm, QUINCKE_20G.bore_diameter_mm, True)
    bows_at_n = min(BOW_20G_N * rigidity / reference, HAND_STOPS_N)
    force_n = BONE_N_PER_MM * pushed_mm
    if force_n <= bows_at_n:
        return force_n, 0.0
    if bows_at_n >= HAND_STOPS_N:
        return HAND_STOPS_N, 0.0
    return bows_at_n, bow_mm(pushed_mm - bows_at_n / BONE_N_PER_MM, free_mm)


@lru_cache(maxsize=4096)
def hub_turn_fraction(rigidity: float, inserted_mm: float) -> float:
    """Fraction of a turn of the hub that reaches the tip: a beam in soft ground, turned and held where it enters.

    Solves EI y'''' + k y = 0 with y(0) = 0, y'(0) = 1 and a free end; y' there is the fraction (Hetenyi 1946).
    """
    if inserted_mm <= 0.0:
        return 1.0
    beta = (TISSUE_N_PER_MM2 / (4.0 * rigidity)) ** 0.25
    x = beta * inserted_mm
    # y = e^-bx (A cos + B sin) + e^(bx - bL) (C cos + D sin); derivatives in units of beta, as complex amplitudes
    basis = [(-1.0 + 1.0j, 0.0), (1.0 + 1.0j, -x)]

    def row(order: int, at: float) -> list[float]:
        values: list[float] = []
        for rate, offset in basis:
            wave = rate**order * np.exp(rate.real * at + offset) * np.exp(1j * rate.imag * at)
            values += [wave.real, wave.imag]
        return values

    matrix = np.array([row(0, 0.0), row(1, 0.0), row(2, x), row(3, x)])
    amplitudes = np.linalg.solve(matrix, np.array([0.0, 1.0, 0.0, 0.0]))
    return float(np.dot(row(1, x), amplitudes))


def redirect_fraction(spec: NeedleSpec, stylet_in: bool, inserted_mm: float) -> float:
    """Fraction of a turn of the hub that reaches this needle's tip; an introducer stiffens the part that it covers."""
    rigidity = rigidity_n_mm2(spec.outer_diameter_mm, spec.bore_diameter_mm, stylet_in)
    if spec.introducer_mm > 0.0 and inserted_mm > 0.0:
        covered = min(spec.introducer_mm / inserted_mm, 1.0)
        rigidity += covered * rigidity_n_mm2(INTRODUCER_OUTER_MM, INTRODUCER_BORE_MM, False)
    return max(hub_turn_fraction(round(rigidity, 3), round(inserted_mm, 1)), DEEP_FRACTION)
