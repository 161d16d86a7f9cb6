"""References to tuples of arrays, for kernels that ask many functions about the same patient.

numba hands a tuple to a function as the bare fields of all its arrays: the patient's solids are some two hundred
values, which every call that is not compiled into its caller pushes and loads anew. A reference is one pointer. What is
asked of it is read where it is needed, and its arrays come without an owner: counting the owners' references up and
down, for which threads that share a patient would fight, took half of their time.

A reference is valid as long as the kernel that made it runs. Kernels that Python calls make it at their head,
`solids = referenced(solids)`; all below take tuple or reference alike.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing import templates
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model

# numba's own classes hold no types
_build: Any = cgutils
_primitive: Any = models.PrimitiveModel
_attributes: Any = templates.AttributeTemplate


class Reference(types.Type):
    """A pointer to a tuple with names."""

    def __init__(self, pointee: Any) -> None:
        self.pointee = pointee
        super().__init__(name=f"Reference({pointee})")

    def member(self, name: str) -> types.Type:
        """Type of a field: a reference again where it is a tuple with names."""
        found = self.pointee.types[self.pointee.fields.index(name)]
        return Reference(found) if isinstance(found, types.BaseNamedTuple) else found


@register_model(Reference)
class _ReferenceModel(_primitive):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Reference) -> None:
        super().__init__(manager, kind, manager[kind.pointee].get_value_type().as_pointer())


@infer_getattr
class _ReferenceFields(_attributes):  # type: ignore[misc]
    key = Reference

    def generic_resolve(self, kind: Reference, name: str) -> types.Type | None:
        return kind.member(name) if name in kind.pointee.fields else None


def _read_field(context: Any, builder: Any, kind: Reference, pointer: Any, name: str) -> Any:
    place = _build.gep_inbounds(builder, pointer, 0, kind.pointee.fields.index(name))
    member = kind.member(name)
    if isinstance(member, Reference):
        return place
    value = builder.load(place)
    if not isinstance(member, types.Array):
        return value
    view = context.make_array(member)(context, builder, value)
    for owner in ("meminfo", "parent"):
        setattr(view, owner, getattr(view, owner).type(None))
    return view._getvalue()


_lowering: Any = lower_getattr_generic
_lowering(Reference)(_read_field)


def _reference(typing_context: Any, pointee: types.BaseNamedTuple) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _build.alloca_once_value(builder, arguments[0])

    return Reference(pointee)(pointee), generate


referenced: Any = intrinsic(_reference)
"""A reference to a tuple, in the kernel that calls it."""
