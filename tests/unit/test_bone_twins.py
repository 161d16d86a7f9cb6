"""Kernels of spinous processes, atlas and axis against slow twins."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from phantoms.bones import bone_parts_kernels, cervical_kernels
from phantoms.people import random_person
from phantoms.spine import Spine, build_spine
from tests.oracles import anatomy_bones as oracle

COUNT = 120
Distance = Callable[[float, float, float, np.void], float]


@cache
def spine() -> Spine:
    return build_spine(random_person(8))


def agree(kernel: Distance, twin: Distance, name: str, seed: int, *ranges: tuple[float, float]) -> None:
    """Both at points drawn in a box, and again within 6 mm of the surface, where blends and corners are."""
    w = spine().row.vertebrae[spine().row.names.index(name)]
    rng = np.random.default_rng(seed)
    many = np.column_stack([rng.uniform(*each, 40 * COUNT) for each in ranges])
    fast = np.array([kernel(*point, w) for point in many])
    chosen = np.concatenate([np.arange(COUNT // 5), np.flatnonzero(np.abs(fast) < 6.0)[:COUNT]])
    slow = np.array([twin(*point, w) for point in many[chosen]])
    assert np.abs(fast[chosen] - slow).max() < 1e-3
    assert min((slow < 0.0).sum(), (slow > 0.0).sum()) > 5


@pytest.mark.parametrize("name", ["C7", "T1", "T6", "T11", "L1", "L4", "S1"])
def test_spinous_processes(name: str) -> None:
    box = (0.0, 9.0), (10.0, 62.0), (-60.0 if name[0] == "T" else -32.0, 14.0)
    agree(bone_parts_kernels.spinous_distance, oracle.spinous, name, 1, *box)


@pytest.mark.parametrize("name", ["C2", "C4", "C6"])
def test_forked_processes(name: str) -> None:
    agree(cervical_kernels.forked_process_distance, oracle.forked, name, 2, (0.0, 9.0), (14.0, 44.0), (-24.0, 8.0))


def test_the_axis() -> None:
    agree(cervical_kernels.axis_body_distance, oracle.axis_body, "C2", 3, (-24.0, 24.0), (-20.0, 6.0), (-14.0, 30.0))
    agree(cervical_kernels.axis_arch_distance, oracle.axis_arch, "C2", 4, (-30.0, 30.0), (-10.0, 40.0), (-24.0, 14.0))


def test_the_atlas() -> None:
    agree(cervical_kernels.atlas_distance, oracle.atlas, "C1", 5, (-42.0, 42.0), (-24.0, 30.0), (-13.0, 13.0))


def test_a_process_that_was_taken_away_is_none() -> None:
    row = spine().row.vertebrae[spine().row.names.index("L4")].copy()
    row["opened"] = 1.0
    assert bone_parts_kernels.spinous_distance(0.0, 40.0, -8.0, row) > 50.0
    row["opened"] = 0.0
    assert bone_parts_kernels.spinous_distance(0.0, 40.0, -8.0, row) < 0.0
