"""Iodine in the cerebrospinal fluid: how what was injected mixed along the spine, and what is left of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phantoms.canal.thecal_sac import FluidColumn
from phantoms.fluid.contrast import MyelogramParameters
from simulator.spatial.arrays import FloatArray

_BOLUS_MM = 100.0  # over which contrast that nobody mixed falls to a third (assumption)
_PER_TURN_MM = 140.0  # that one turn of the patient adds, in quadrature: ten turns leave a third at C1 (assumption)
_HEAD_ML = 55.0  # of fluid within the skull: 150 in all (reference section 1.5) less 95 in the spine


@dataclass(frozen=True, slots=True, kw_only=True)
class IodineBudget:
    """Where the iodine is when the needle comes; the three parts are what was injected.

    Attributes:
        in_sac_mg: in the spinal fluid
        in_head_mg: in the fluid of the head
        gone_mg: taken up by the blood
        at_injection_mg_per_ml: in the fluid at the level of the injection
    """

    in_sac_mg: float
    in_head_mg: float
    gone_mg: float
    at_injection_mg_per_ml: float


def iodine_budget(injected_at_s_mm: float, fluid: FluidColumn, myelogram: MyelogramParameters) -> IodineBudget:
    """Share what was injected among spine, head and blood.

    As much fluid as was injected gives way into the head, whose fluid is as dense as that of the foramen magnum
    (assumptions).

    Args:
        injected_at_s_mm: arc length of the injection
        fluid: of the whole spine
        myelogram: the parameters
    """
    injected = myelogram.volume_ml * myelogram.concentration_mg_per_ml
    profile = _profile(fluid.s_mm, injected_at_s_mm, myelogram)
    spine, head = fluid.holding(profile), (_HEAD_ML + myelogram.volume_ml) * float(profile[-1])
    left = myelogram.remaining * injected
    at_injection = left / (spine + head)
    return IodineBudget(
        in_sac_mg=at_injection * spine,
        in_head_mg=at_injection * head,
        gone_mg=injected - left,
        at_injection_mg_per_ml=at_injection,
    )


def csf_iodine_mg_per_ml(
    s_mm: FloatArray, injected_at_s_mm: float, fluid: FluidColumn, myelogram: MyelogramParameters
) -> FloatArray:
    """Iodine in the middle of the sac along the spine [shape of s_mm]: c exp(-k |ds|) from where it was injected."""
    budget = iodine_budget(injected_at_s_mm, fluid, myelogram)
    return np.asarray(budget.at_injection_mg_per_ml * _profile(s_mm, injected_at_s_mm, myelogram))


def _profile(s_mm: FloatArray, at_s_mm: float, myelogram: MyelogramParameters) -> FloatArray:
    spread = math.hypot(_BOLUS_MM, _PER_TURN_MM * math.sqrt(myelogram.turns))
    return np.asarray(np.exp(-np.abs(s_mm - at_s_mm) / spread))
