"""Arrays without an owner, for kernels that run in several threads.

Whenever a kernel takes a row of an array, or an array out of a tuple, it counts a reference to the owner of the memory
up and down. Threads that share the patient's arrays fight over these counters for half of their time. A borrowed array
has none: it is valid as long as the caller holds the one that it was made from.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from phantoms.body.tables_kernels import BodyArrays
from phantoms.bones.vertebra_kernels import RowArrays
from phantoms.canal.canal_kernels import CanalArrays
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import Paints
from phantoms.solids_kernels import Solids


def _borrow(typing_context: Any, array: types.Array) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        for name in ("meminfo", "parent"):
            pointer = getattr(view, name)
            setattr(view, name, pointer.type(None))
        return view._getvalue()

    return array(array), generate


borrowed: Any = intrinsic(_borrow)
"""The same array without its owner."""


@njit(cache=True, nogil=True, error_model="numpy")
def borrowed_canal(canal: CanalArrays) -> CanalArrays:
    """A canal of borrowed arrays."""
    return CanalArrays(
        borrowed(canal.line),
        canal.line_start,
        canal.line_step,
        borrowed(canal.tables),
        canal.s_start,
        canal.s_step,
        borrowed(canal.sac),
        borrowed(canal.sac_start),
        borrowed(canal.sac_step),
        borrowed(canal.roots),
        borrowed(canal.root_span),
        borrowed(canal.strands),
        borrowed(canal.foramina),
        borrowed(canal.perineural_leaks),
        canal.settling,
        Paints(borrowed(canal.paints.noise_texture), borrowed(canal.paints.material_table)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def borrowed_body(body: BodyArrays) -> BodyArrays:
    """A body of borrowed arrays."""
    return BodyArrays(
        borrowed(body.tables),
        body.s_start,
        body.s_step,
        borrowed(body.shape),
        borrowed(body.ribs),
        borrowed(body.metal),
        borrowed(body.tubes),
        borrowed(body.tube_kinds),
        borrowed(body.blobs),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def borrowed_solids(solids: Solids) -> Solids:
    """Solids of borrowed arrays."""
    row = RowArrays(borrowed(solids.row.vertebrae), borrowed(solids.row.frames))
    return Solids(row, borrowed_canal(solids.canal), borrowed_body(solids.body))
