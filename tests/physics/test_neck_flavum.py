"""The ligamentum flavum of the neck reaches from lamina to lamina, as that of the loins does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.needle.insertion_force import force_trace_n, layer_forces
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace
from tests.physics.conftest import Figure

NECK = ("C2/3", "C3/4", "C4/5", "C5/6", "C6/7", "C7/T1")
LOINS = "L3/4"
PEOPLE = (1, 3, 11, 17, 23)
BESIDE_MM = (-6.0, -4.0, -2.0, 2.0, 4.0, 6.0)  # of the midline, where the flavum has a cleft and may be wanting [JOSHI]
STEP_MM = 0.1
LIMIT_MM = 1.0  # of what lies bare of ligament: the rounding of a lamina's edge, and the noise that warps bones
WAY_STEP_MM, FALL_WITHIN_MM = 0.25, 1.0
POP_SHARE = 0.5  # of the flavum's peak: what falls when it gives is less, since cutting goes on
SAC = (Label.DURA, Label.CEREBROSPINAL_FLUID)  # a wide sac presses into the sheet at its sides, which is no gap
LIMIT_IN_LOINS_MM = 2.0  # as it has been there
BONE = (Label.CORTICAL_BONE, Label.SPONGIOSA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What lies between the flavum's ends and bone, measured along the middle of the sheet, mm."""

    above_mm: float
    below_mm: float


@cache
def body(seed: int) -> tuple[Spine, SyntheticAnatomy]:
    spine = build_spine(random_person(seed, vertebrae=FIVE_LUMBAR_COLUMN))
    return spine, SyntheticAnatomy.from_spine(spine)


def gaps(seed: int, level: Interspace, beside_mm: float) -> Gaps:
    """Gaps in one sagittal section, from the tissue at points of a line in the middle of the sheet."""
    spine, anatomy = body(seed)
    canal, upper = spine.canal, FIVE_LUMBAR_COLUMN.index(level.upper_vertebra)
    top, low = (float(row["s"] + row["lamina_top"]) for row in spine.row.vertebrae[upper : upper + 2])
    s = np.arange(low - 8.0, top, STEP_MM)
    middle = 0.4 * top + 0.6 * low
    thick = canal.at(canal.walls.flavum_thickness_mm, middle)
    slope = np.interp(s, canal.s_mm, canal.walls.dorsal_slope)
    roof = np.interp(s, canal.s_mm, canal.walls.dorsal_apex_mm)
    v = roof - slope * (np.sqrt(beside_mm**2 + 2.2) - np.sqrt(2.2)) + 0.5 * thick * np.sqrt(1.0 + slope**2)
    u = canal.at(canal.sac.u_mm, middle) + beside_mm
    label = anatomy.label(canal.centreline.from_canal_coordinates(np.full_like(s, u), v, s))
    flavum, bone = label == Label.LIGAMENTUM_FLAVUM, np.isin(label, BONE)
    bare = ~np.isin(label, (Label.LIGAMENTUM_FLAVUM, *SAC, *BONE))
    here = int(np.median(np.flatnonzero(flavum & (np.abs(s - middle) < 5.0))))
    bone_up, bone_down = int(np.argmax(bone[here:])), int(np.argmax(bone[here::-1]))
    return Gaps(
        above_mm=STEP_MM * np.count_nonzero(bare[here:][:bone_up]),
        below_mm=STEP_MM * np.count_nonzero(bare[here::-1][:bone_down]),
    )


@pytest.mark.parametrize("level", [*NECK, LOINS])
def test_it_reaches_from_lamina_to_lamina(level: str, figure: Figure) -> None:
    each = [gaps(seed, Interspace(level), beside) for seed in PEOPLE for beside in BESIDE_MM]
    limit = LIMIT_MM if level in NECK else LIMIT_IN_LOINS_MM
    for end in ("above", "below"):
        widest = max(getattr(gap, f"{end}_mm") for gap in each)
        what = f"bare of ligament from the flavum at {level} to the lamina {end}, widest of {len(PEOPLE)} people"
        figure(what, widest, asked=f"up to {limit:g}", unit="mm", kind="identity")
        assert widest <= limit


def falls_n(seed: int, level: Interspace, beside_mm: float) -> list[float]:
    """Greatest fall of the force at the dorsal wall, of every straight way between the bones in a section."""
    spine, anatomy = body(seed)
    canal, upper = spine.canal, FIVE_LUMBAR_COLUMN.index(level.upper_vertebra)
    top, low = (float(row["s"] + row["lamina_top"]) for row in spine.row.vertebrae[upper : upper + 2])
    behind = np.arange(12.0, -4.0, -WAY_STEP_MM)
    found = []
    for s in np.arange(low - 4.0, top, 0.5):
        slope = canal.at(canal.walls.dorsal_slope, s)
        wall = canal.at(canal.walls.dorsal_apex_mm, s) - slope * (np.sqrt(beside_mm**2 + 2.2) - np.sqrt(2.2))
        u = canal.at(canal.sac.u_mm, s) + beside_mm
        way = canal.centreline.from_canal_coordinates(np.full_like(behind, u), wall + behind, np.full_like(behind, s))
        label = anatomy.label(way)
        if np.isin(label, BONE).any():
            continue
        force = force_trace_n(label, WAY_STEP_MM)
        near = behind < 6.0
        apart = round(FALL_WITHIN_MM / WAY_STEP_MM)
        found.append(float(np.max((force[:-apart] - force[apart:])[near[apart:]])))
    return found


@pytest.mark.parametrize("level", NECK[-3:])
def test_every_way_between_the_bones_meets_its_pop(level: str, figure: Figure) -> None:
    """A straight way beside the midline, wherever it passes: the force rises to the flavum's peak and falls."""
    falls = [fall for seed in PEOPLE for beside in (-3.0, 3.0) for fall in falls_n(seed, Interspace(level), beside)]
    assert len(falls) > 50
    least = POP_SHARE * layer_forces()["ligamentum_flavum"].peak_n
    figure(
        f"fall of the force at the flavum of {level}, least of {len(falls)} ways between the bones",
        min(falls),
        asked=f"more than {least:.1f}",
        unit="N",
        kind="identity",
    )
    assert min(falls) > least
