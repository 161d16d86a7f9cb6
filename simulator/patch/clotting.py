"""Clotting: how thick the mixture is, and how it sets."""

from __future__ import annotations

import numpy as np

from simulator.spatial.arrays import FloatArray

# Viscosities at body temperature where known (reference, section 4; contrast 5.1 at 20 C, its label).
BLOOD_MPA_S, CONTRAST_MPA_S, FLUID_MPA_S = 4.0, 5.1, 0.75

# Native blood without anticoagulant. Assumptions: fibrin begins after four minutes in a plastic syringe, blood no
# longer passes a 20G needle after ten; in between the viscosity doubles every 70 s. In the epidural space CSF and
# tissue make it set sooner, from one and a half minutes.
SYRINGE_SETS_MS, CLOTTED_AFTER_MS, DOUBLES_MS = 4 * 60_000, 10 * 60_000, 70_000
SETS_SOONER_MS = 150_000
STIFFEST = 60.0  # of the thickening: beyond it nothing that a hand does moves a clot


def thickening(age_ms: FloatArray | float, *, in_tissue: bool = False) -> FloatArray:
    """Viscosity of blood of this age against fresh blood.

    Args:
        age_ms: since it was drawn
        in_tissue: whether it lies in the epidural space, where it sets sooner
    """
    since = np.asarray(age_ms, np.float64) - (SYRINGE_SETS_MS - (SETS_SOONER_MS if in_tissue else 0))
    doublings = np.minimum(np.maximum(since, 0.0) / DOUBLES_MS, np.log2(STIFFEST))
    return np.asarray(2.0**doublings)


def mixture_mpa_s(
    blood: FloatArray | float,
    contrast: FloatArray | float,
    fluid: FloatArray | float,
    thicker: FloatArray | float = 1.0,
) -> FloatArray:
    """Viscosity of a mixture by its volumes (logarithmic mixing), mPa s."""
    logs = (
        np.multiply(blood, np.log(BLOOD_MPA_S * np.asarray(thicker)))
        + np.multiply(contrast, np.log(CONTRAST_MPA_S))
        + np.multiply(fluid, np.log(FLUID_MPA_S))
    )
    return np.asarray(np.exp(logs / np.maximum(np.add(np.add(blood, contrast), fluid), 1e-12)))
