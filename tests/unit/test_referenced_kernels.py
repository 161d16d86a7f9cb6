"""References to tuples: they tell what the tuple holds, at any depth, and count nobody's references."""

from __future__ import annotations

import sys

import pytest
from numba.core.errors import TypingError

from phantoms.canal.canal_kernels import CanalArrays
from phantoms.compiled_kernels import njit
from phantoms.people import random_person
from phantoms.solids_kernels import Solids
from phantoms.spine import Spine, build_spine
from phantoms.voxels.referenced_kernels import referenced


@pytest.fixture(scope="module")
def spine() -> Spine:
    return build_spine(random_person(8))


@njit
def _asked(solids: Solids) -> tuple[float, ...]:
    """Numbers from all depths of the solids, by way of a reference that other functions take."""
    solids = referenced(solids)
    of_canal = _asked_of_canal(solids.canal)
    return of_canal + (solids.body.s_step, solids.body.tables[3, 5], solids.row.frames[1, 2, 3, 1])  # noqa: RUF005


@njit
def _asked_of_canal(canal: CanalArrays) -> tuple[float, ...]:
    paints = canal.paints
    return canal.s_start, canal.tables[2, 1], paints.noise_texture[1, 2, 3], paints.material_table[4, 1]


def test_a_reference_tells_what_its_tuple_holds(spine: Spine) -> None:
    solids = spine.solids
    body, canal, paints = solids.body, solids.canal, solids.canal.paints
    assert _asked(solids) == (
        canal.s_start, canal.tables[2, 1], paints.noise_texture[1, 2, 3], paints.material_table[4, 1],
        body.s_step, body.tables[3, 5], solids.row.frames[1, 2, 3, 1],
    )  # fmt: skip


def test_references_leave_the_owners_alone(spine: Spine) -> None:
    texture = spine.solids.canal.paints.noise_texture
    before = sys.getrefcount(texture)
    for _ in range(100):
        _asked(spine.solids)
    assert sys.getrefcount(texture) == before


def test_a_reference_has_no_other_fields(spine: Spine) -> None:
    @njit
    def strange(solids: Solids) -> float:
        return referenced(solids).bladder

    with pytest.raises(TypingError, match="bladder"):
        strange(spine.solids)
