"""Resistance: the force that the hand feels as the tip passes from layer to layer.

Model and figures: `data/needle_forces.csv` (see its `source` column; the 20G column is scaled, an assumption).
On entering a layer the force rises with the layer's stiffness until its peak gives way, then a share of the peak
remains as cutting force; friction on the shaft grows with the length in each layer.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from phantoms.phantom import Label

# Needle tissue forces split 61 % cutting, 18 % spreading, 21 % friction (Barnett, as cited in the reference): what
# remains of a peak once the layer has been cut is its spreading share of cutting and spreading.
CUTTING_SHARE_AFTER_PEAK = 0.18 / (0.61 + 0.18)

_LAYER_OF_LABEL: Mapping[int, str] = {
    Label.SKIN: "skin",
    Label.SUBCUTANEOUS_FAT: "subcutaneous_fat",
    Label.MUSCLE: "muscle_paramedian",
    Label.ORGAN: "muscle_paramedian",
    Label.SUPRASPINOUS_LIGAMENT: "supraspinous_ligament",
    Label.INTERSPINOUS_LIGAMENT: "interspinous_ligament",
    Label.LIGAMENT: "interspinous_ligament",
    Label.DISC: "interspinous_ligament",
    Label.LIGAMENTUM_FLAVUM: "ligamentum_flavum",
    Label.EPIDURAL_FAT: "posterior_epidural_space",
    Label.EPIDURAL_VEIN: "posterior_epidural_space",
    Label.EPIDURAL_COLLECTION: "posterior_epidural_space",
    Label.FORAMEN: "subcutaneous_fat",
    Label.VISCERAL_FAT: "subcutaneous_fat",
    Label.VESSEL: "subcutaneous_fat",
    Label.DURA: "dura_arachnoid",
    Label.CEREBROSPINAL_FLUID: "csf",
    Label.NERVE_ROOT: "csf",
    Label.SPINAL_CORD: "csf",
    Label.CORTICAL_BONE: "bone_cortical",
    Label.SPONGIOSA: "bone_cortical",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerForce:
    """Forces of one layer on a 20G Quincke needle.

    Attributes:
        peak_n: force at which the layer gives
        stiffness_n_per_mm: rise before that
        friction_n_per_mm: drag on the shaft per millimetre in the layer
    """

    peak_n: float
    stiffness_n_per_mm: float
    friction_n_per_mm: float


@lru_cache(maxsize=1)
def layer_forces() -> Mapping[str, LayerForce]:
    """Force model by layer name, from the committed table."""
    table = resources.files("simulator.needle").joinpath("data/needle_forces.csv").read_text(encoding="utf-8")
    return {
        row["layer"]: LayerForce(
            peak_n=float(row["peak_N_20G_quincke_model"]),
            stiffness_n_per_mm=float(row["stiffness_before_puncture_N_per_mm"]),
            friction_n_per_mm=float(row["friction_N_per_mm_20G_model"] or 0.0),
        )
        for row in csv.DictReader(table.splitlines())
    }


def layer_of(label: int) -> str | None:
    """Name of the force layer for a tissue label; None in air."""
    return _LAYER_OF_LABEL.get(label)


def force_trace_n(labels: np.ndarray, step_mm: float, scale: float = 1.0) -> np.ndarray:
    """Axial force along a track.

    Args:
        labels: [shape=(n,), uint8] tissue at each step from the skin to the tip
        step_mm: distance between steps
        scale: this person's tissue against the table

    Returns:
        [shape=(n,), float64] newtons
    """
    forces = layer_forces()
    trace = np.zeros(len(labels))
    friction = 0.0
    within_mm = 0.0
    before: str | None = None
    for i, label in enumerate(labels):
        name = layer_of(int(label))
        if name is None:
            continue
        layer = forces[name]
        within_mm = within_mm + step_mm if name == before else step_mm
        before = name
        friction += layer.friction_n_per_mm * step_mm
        rising = layer.stiffness_n_per_mm * within_mm
        gave = rising >= layer.peak_n
        cutting = layer.peak_n * CUTTING_SHARE_AFTER_PEAK if gave else rising
        if gave and rising - layer.stiffness_n_per_mm * step_mm < layer.peak_n:
            cutting = layer.peak_n  # the very step at which it gives
        trace[i] = scale * (cutting + friction)
    return trace
