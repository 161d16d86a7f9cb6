"""Solids: everything that a synthetic patient is made of, as bare arrays that kernels take together."""

from __future__ import annotations

from typing import NamedTuple

from phantoms.body.tables_kernels import BodyArrays
from phantoms.bones.vertebra_kernels import RowArrays
from phantoms.canal.canal_kernels import CanalArrays


class Solids(NamedTuple):
    """The vertebrae, the canal, and the body about them."""

    row: RowArrays
    canal: CanalArrays
    body: BodyArrays
