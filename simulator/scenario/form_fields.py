"""Form fields: what the form says of a key. Which table or row it holds, whether it may be drawn, what it offers."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.scenario.field_error import Keys, names
from simulator.scenario.words import Offered, OfLevels


def field_at(model: type[BaseModel], keys: Keys) -> FieldInfo | None:
    """The field of a key, in tables and in rows of lists; None where the form has none."""
    field: FieldInfo | None = None
    within: type[BaseModel] | None = model
    for key in names(keys):
        field = None if within is None else within.model_fields.get(key)
        if field is None:
            return None
        within = section_of(field)
    return field


def section_at(model: type[BaseModel], keys: Keys) -> type[BaseModel] | None:
    """The table at a key, or the row of a list of tables; None where it holds neither."""
    if not names(keys):
        return model
    field = field_at(model, keys)
    return None if field is None else section_of(field)


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a field holds, or the row of its list of tables."""
    return nested_section(field) or row_section(field)


def nested_section(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a field holds; None where it holds a value or a list."""
    return next((option for option in options_of(field) if _is_section(option)), None)


def row_section(field: FieldInfo) -> type[BaseModel] | None:
    """The table of which a field holds a list; None where it holds something else."""
    lists = [option for option in options_of(field) if get_origin(option) is list]
    inner = [unwrapped(arg) for option in lists for arg in get_args(option)]
    return next((one for one in inner if _is_section(one)), None)


def is_drawable(field: FieldInfo) -> bool:
    """Whether a field holds one number or word, and neither a table nor a list."""
    return section_of(field) is None and not any(get_origin(option) is list for option in options_of(field))


def takes_whole_numbers(field: FieldInfo) -> bool:
    """Whether a field holds a whole number of a range."""
    return int in options_of(field) and not offered_by(field)


def takes_any_number(field: FieldInfo) -> bool:
    """Whether a field holds any number of a range, and not one of a few."""
    return float in options_of(field) or takes_whole_numbers(field)


def takes_truth(field: FieldInfo) -> bool:
    """Whether a field holds true or false."""
    return bool in options_of(field)


def offered_by(field: FieldInfo) -> tuple[str | int, ...]:
    """The few words or numbers that a field, or the members of its list, may be; none where it takes others."""
    return next((found.words for found in _marks(field.annotation, field.metadata) if isinstance(found, Offered)), ())


def levels_of(field: FieldInfo) -> tuple[str, ...]:
    """The names of levels that there are in any patient; none where the field holds no level."""
    return next((found.words for found in _marks(field.annotation, field.metadata) if isinstance(found, OfLevels)), ())


def options_of(field: FieldInfo) -> tuple[Any, ...]:
    """The alternatives of a field's type, without what annotates them."""
    annotation = unwrapped(field.annotation)
    if get_origin(annotation) in (list, None):
        return (annotation,)
    return tuple(unwrapped(option) for option in get_args(annotation) if option is not type(None))


def unwrapped(annotation: Any) -> Any:
    """A type without what annotates it."""
    return unwrapped(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _is_section(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, BaseModel)


def _marks(annotation: Any, metadata: list[Any]) -> list[Any]:
    """Everything that annotates a type, the parts of it included."""
    inner = [mark for arg in get_args(annotation) for mark in _marks(arg, [])]
    own = list(get_args(annotation)[1:]) if get_origin(annotation) is Annotated else []
    return [*metadata, *own, *inner]
