"""Key reference: every key of a case or course file with what it takes, as a page made from the one form."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from simulator.scenario.course_schema import Course
from simulator.scenario.error_words import NEVER_DRAWN, draws_at
from simulator.scenario.field_error import Keys, names
from simulator.scenario.form_fields import (
    field_at,
    is_drawable,
    levels_of,
    nested_section,
    offered_by,
    options_of,
    row_section,
    takes_truth,
)
from simulator.scenario.schema import Scenario

HEAD = """# Every key of a case and of a course

Made from the form by `python -m simulator.scenario.key_reference`; a test holds it to that. What can be drawn from the
seed says how. Levels are written as `"L3/4"` and `"L3"`.
"""
MOST_WORDS = 12  # of a closed set that are told in a row


def reference_text() -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, "# Cases", *_tables(Scenario, ()), "", "# Courses", *_tables(Course, ()), ""])


def _tables(model: type[BaseModel], above: Keys) -> Iterator[str]:
    """A table of keys for each table of the file, in the order of the form."""
    section = model if not above else _section(model, above)
    yield ""
    yield f"## {_header(model, above)}"
    yield ""
    yield "| key | takes | what it is |"
    yield "|---|---|---|"
    inner: list[Keys] = []
    for name, field in section.model_fields.items():
        keys = (*above, name)
        if nested_section(field) is not None or row_section(field) is not None:
            inner.append(keys)
            continue
        yield f"| `{name}` | {_takes(model, keys, field)} | {_cell(field.description or '')}{_default(field)} |"
    for keys in inner:
        yield from _tables(model, keys)


def _section(model: type[BaseModel], keys: Keys) -> type[BaseModel]:
    field = field_at(model, keys)
    found = None if field is None else nested_section(field) or row_section(field)
    assert found is not None
    return found


def _header(model: type[BaseModel], keys: Keys) -> str:
    if not keys:
        return "at the top"
    field = field_at(model, keys)
    rows = field is not None and row_section(field) is not None
    dotted = ".".join(names(keys))
    about = "" if field is None or not field.description else f": {field.description}"
    return (f"`[[{dotted}]]`" if rows else f"`[{dotted}]`") + about


def _takes(model: type[BaseModel], keys: Keys, field: FieldInfo) -> str:
    """What a key takes, in words."""
    listed = any(getattr(option, "__origin__", None) is list for option in options_of(field))
    few = offered_by(field)
    if few:
        shown = ", ".join(f"`{word}`" for word in few[:MOST_WORDS]) + (", ..." if len(few) > MOST_WORDS else "")
        what = f"a list of {shown}" if listed else shown
    elif levels_of(field):
        what = "a list of levels" if listed else "a level"
    elif listed:
        what = "a list"
    elif takes_truth(field):
        what = "true or false"
    else:
        what = _range(field) or "words"
    rows = any(_is_row(model, keys[:length]) for length in range(1, len(keys)))
    drawn = model is Scenario and is_drawable(field) and keys[0] not in NEVER_DRAWN and not rows
    kinds = [kind for kind in ("uniform", "normal", "choice") if drawn and f"{kind} =" in draws_at(field)]
    return _cell(what) + (f"; drawn: {', '.join(kinds)}" if kinds else "")


def _is_row(model: type[BaseModel], keys: Keys) -> bool:
    field = field_at(model, keys)
    return field is not None and row_section(field) is not None


def _range(field: FieldInfo) -> str:
    marks = {
        name: getattr(mark, name) for mark in field.metadata for name in ("ge", "gt", "le", "lt") if hasattr(mark, name)
    }
    extra = field.json_schema_extra
    unit = f" {extra['unit']}" if isinstance(extra, dict) and extra.get("unit") else ""
    if "ge" in marks and "le" in marks:
        return f"{marks['ge']:g} to {marks['le']:g}{unit}"
    if "gt" in marks:
        return f"above {marks['gt']:g}{unit}"
    return f"{marks['ge']:g} or more{unit}" if "ge" in marks else ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "" if field.default_factory is not None else " (must be there)"
    if value is None or value == [] or isinstance(value, list):
        return ""
    shown = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    return f" (left out: {shown})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    print(reference_text(), end="")
