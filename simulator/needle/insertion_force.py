"""Insertion force: the force that the hand feels as the tip passes from layer to layer.

Model and figures: `data/needle_forces.csv` (see its `source` column; the 20G column is scaled, an assumption).
On entering a layer the force rises with the layer's stiffness until its peak gives way, then a fraction of the peak
remains as cutting force; friction on the shaft grows with the length in each layer. Skin and flavum bulge ahead of the
tip: where they are thinner than that takes, they are carried into the next layer and give there. While the needle
rests, tissue relaxes, and the force comes back within the next half millimetre.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Label
from simulator.needle.needle_catalogue import QUINCKE_20G, NeedleSpec
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.needles import NeedleTip

# Needle tissue forces split 61 % cutting, 18 % spreading, 21 % friction (Barnett, as cited in the reference): what
# remains of a peak once the layer has been cut is its spreading fraction of cutting and spreading.
CUTTING_FRACTION_AFTER_PEAK = 0.18 / (0.61 + 0.18)

# Layers for which the table has a deflection at puncture and that a tip meets from their free side. The dura is carried
# by `dural_puncture`, bone is not cut.
CARRIED = ("skin", "supraspinous_ligament", "ligamentum_flavum")

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


# Against the table's 20G Quincke: forces of a cutting tip grow with its diameter, those of a pencil point are a fifth
# larger (assumptions). A Tuohy's peaks are the middle of the table's range for 17 and 18G.
WHITACRE_FACTOR = 1.2
# Relaxation of tissue at a needle that rests: what it loses, how fast, and the way after which it is back (assumptions)
RELAXED_FRACTION, RELAXATION_S, LOADED_AGAIN_MM = 0.35, 2.0, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerForce:
    """Forces of one layer on one needle.

    Attributes:
        peak_n: force at which the layer gives
        spread: standard deviation of the peak from person to person, as a fraction of it
        stiffness_n_per_mm: rise before that
        friction_n_per_mm: drag on the shaft per millimetre in the layer
    """

    peak_n: float
    spread: float
    stiffness_n_per_mm: float
    friction_n_per_mm: float


@lru_cache(maxsize=32)
def layer_forces(spec: NeedleSpec = QUINCKE_20G) -> Mapping[str, LayerForce]:
    """Force model of a needle by layer name, from the committed table."""
    thicker = spec.outer_diameter_mm / QUINCKE_20G.outer_diameter_mm
    table = resources.files("simulator.needle").joinpath("data/needle_forces.csv").read_text(encoding="utf-8")
    forces: dict[str, LayerForce] = {}
    for row in csv.DictReader(table.splitlines()):
        peak_20g, stiffness = float(row["peak_N_20G_quincke_model"]), float(row["stiffness_before_puncture_N_per_mm"])
        peak = peak_20g * thicker * (WHITACRE_FACTOR if spec.tip is NeedleTip.WHITACRE else 1.0)
        if spec.tip is NeedleTip.TUOHY:
            ends = [float(part) for part in re.findall(r"[\d.]+", row["peak_N_17_18G_tuohy"])]
            peak = max(sum(ends) / len(ends), peak_20g)
        forces[row["layer"]] = LayerForce(
            peak_n=peak,
            spread=float(row["peak_N_20G_sd_model"]) / peak_20g,
            stiffness_n_per_mm=stiffness * peak / peak_20g,
            friction_n_per_mm=float(row["friction_N_per_mm_20G_model"] or 0.0) * thicker,
        )
    return forces


PERSON_FRACTION = 0.6  # assumption: of the spread that all layers of one person have in common
SCALE_RANGE = (0.4, 1.8)


def draw_force_scales(rng: np.random.Generator) -> Mapping[str, float]:
    """Draw one person's tissue against the table, by layer; the table's spread, part of it common to all layers."""
    common = rng.standard_normal()
    own_fraction = math.sqrt(1.0 - PERSON_FRACTION**2)
    scales: dict[str, float] = {}
    for name, layer in layer_forces().items():
        drawn = 1.0 + layer.spread * (PERSON_FRACTION * common + own_fraction * rng.standard_normal())
        scales[name] = round(float(min(max(drawn, SCALE_RANGE[0]), SCALE_RANGE[1])), 4)
    return scales


def force_layer(label: int) -> str | None:
    """Name of the force layer for a tissue label; None in air."""
    return _LAYER_OF_LABEL.get(label)


def force_trace_n(
    labels: NDArray[np.uint8],
    step_mm: float | FloatArray,
    scales: Mapping[str, float] = MappingProxyType({}),
    spec: NeedleSpec = QUINCKE_20G,
) -> FloatArray:
    """Axial force along a track, pushed without a pause.

    Args:
        labels: [shape=(n,), uint8] tissue at each step from the skin to the tip
        step_mm: way to each step from the one before; [shape=(n,)] where steps are not alike
        scales: this person's tissue against the table, by layer; 1 where it is not named
        spec: the needle

    Returns:
        [shape=(n,), float64] newtons
    """
    forces = layer_forces(spec)
    trace = np.zeros(len(labels))
    ways_mm = np.broadcast_to(np.asarray(step_mm, np.float64), trace.shape)
    friction = 0.0
    cut, within_mm, gave = "", 0.0, False  # the layer at which the tip cuts, since when, and whether it has given
    for i, label in enumerate(labels):
        name = force_layer(int(label))
        if name is None:
            continue
        way_mm = float(ways_mm[i])
        friction += scales.get(name, 1.0) * forces[name].friction_n_per_mm * way_mm
        if name != cut and (gave or cut not in CARRIED):
            cut, within_mm, gave = name, 0.0, False
        layer, scale = forces[cut], scales.get(cut, 1.0)
        within_mm += way_mm
        rising = layer.stiffness_n_per_mm * within_mm
        if gave:
            cutting = layer.peak_n * CUTTING_FRACTION_AFTER_PEAK
        else:
            cutting = min(rising, layer.peak_n)  # the peak is felt at the very step at which it gives
            gave = rising >= layer.peak_n
        trace[i] = scale * cutting + friction
    return trace


def relaxation(ways_mm: FloatArray, rested_s: float) -> FloatArray:
    """Fraction of the force that is there, so far into a push that follows a rest.

    Args:
        ways_mm: [shape=(n,)] way made since the push began
        rested_s: since the needle last moved
    """
    lost = RELAXED_FRACTION * (1.0 - math.exp(-max(rested_s, 0.0) / RELAXATION_S))
    return np.asarray(1.0 - lost * np.exp(-np.asarray(ways_mm) / LOADED_AGAIN_MM))
