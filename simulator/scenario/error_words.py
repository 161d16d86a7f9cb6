"""Error words: one of the form's faults in words, with the nearest valid name or range."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from simulator.scenario.field_error import FieldError, Keys, names
from simulator.scenario.form_fields import (
    field_at,
    is_drawable,
    offered_by,
    section_at,
    takes_any_number,
    takes_truth,
    takes_whole_numbers,
)
from simulator.scenario.rubric_schema import OF_RUBRIC_1

NEVER_DRAWN = (
    "format", "extends", "rubric", "lesson", "briefing", "prebrief", "debrief", "exam", "path", "reject_if",
    "about", "opens", "closes", "rule", "case",  # of a course
)  # fmt: skip
"""Keys and tables in which nothing is drawn from the seed; nor is anything in the rows of lists."""

DRAWS = ("uniform", "normal", "choice")
_TYPES = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller number",
    "string_type": "words in quotes",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table of keys",
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
}
_BEYOND = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def describe_error(item: ErrorDetails, model: type[BaseModel], above: Keys) -> FieldError:
    """One of pydantic's errors in words, with the nearest valid name or range."""
    within: Keys = tuple(item["loc"])
    what, fix = _WORDS.get(item["type"], _other)(item, model, within)
    return FieldError(above + within, what, fix)


_FEW = 3  # words that are all told beside the one that is near


def _unknown(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    wrong = str(within[-1])
    if within[0] == "rubric" and wrong in OF_RUBRIC_1:
        return "this key is of rubric 1, which rubric 2 replaces", f"use {OF_RUBRIC_1[wrong]}"
    known = _keys(model, within[:-1])
    near = difflib.get_close_matches(wrong, known, n=1)
    return "unknown key", f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"


def _missing(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    field = field_at(model, within)
    about = f": {field.description}" if field is not None and field.description else ""
    return "this key is missing", f"add it{about}"


def _rule(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    what, _, fix = item["msg"].removeprefix("Value error, ").partition(": ")
    return what, fix or "mend the value"


def _not_offered(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    field = field_at(model, within)
    options = [] if field is None else [str(word) for word in offered_by(field)]
    if not options:  # of the one value true
        return f"{_shown(item['input'])} is not offered", "set it to true, or leave it out"
    near = difflib.get_close_matches(str(item["input"]), options, n=1)
    every = f"one of {', '.join(options)}"
    if str(item["input"]) in options:  # right but for its kind, such as a number in quotes
        return f"{_shown(item['input'])} is not offered", "leave the quotes out" if isinstance(
            item["input"], str
        ) else every
    fix = every if not near else f"did you mean {near[0]!r}?" + (f" It is {every}" if len(options) <= _FEW else "")
    return f"{_shown(item['input'])} is not offered", fix


def _wrong_type(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    what = f"this takes {_TYPES[item['type']]}, not {_shown(item['input'])}"
    for key in item["input"] if isinstance(item["input"], dict) else ():
        near = difflib.get_close_matches(str(key), DRAWS, n=1)
        if near and str(key) not in DRAWS:
            return what, f"did you mean {near[0]!r} in the place of {str(key)!r}?"
    known = _keys(model, within)
    if known:
        one = "rows of tables, [[ ]]; the keys of a row" if item["type"] == "list_type" else "its keys"
        return what, f"{one}: {', '.join(known)}"
    return what, _limits(model, within) or _form(model, within)


def _beyond(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    return f"{_shown(item['input'])} is out of range", _limits(model, within) or "choose another"


def _no_number(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    return f"{_shown(item['input'])} is no number", _limits(model, within) or "write a number"


def _length(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    about = item.get("ctx", {})
    least, most = about.get("min_length"), about.get("max_length")
    found = about.get("actual_length")
    limit = f"at least {least}" if least is not None else f"at most {most}"
    number = least if least is not None else most
    items = "item" if number == 1 else "items"
    return (
        f"this takes a list of {limit} {items}, not of {found}",
        "add some" if least is not None else "leave some out",
    )


def _text_length(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    about = item.get("ctx", {})
    if item["type"] == "string_too_short":
        return "there are no words" if not item["input"] else "the words are too short", "write some"
    return f"the words are longer than {about.get('max_length')} characters", "write fewer"


def _pattern(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    pattern = str(item.get("ctx", {}).get("pattern", ""))
    if pattern.startswith("\\.") and pattern.endswith("$"):
        ending = pattern.replace("\\", "").rstrip("$")
        return f"{_shown(item['input'])} does not end in {ending}", f"name a {ending} file"
    if "{4}-" in pattern:
        return f"{_shown(item['input'])} is no day", "write one such as 2026-10-01"
    return f"{_shown(item['input'])} is not of this form", f"the form is {pattern}"


def _other(item: ErrorDetails, model: type[BaseModel], within: Keys) -> tuple[str, str]:
    return f"{_shown(item['input'])} does not fit here", _limits(model, within) or _form(model, within)


_Describe = Callable[[ErrorDetails, type[BaseModel], Keys], tuple[str, str]]
_WORDS: dict[str, _Describe] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "value_error": _rule,
    "literal_error": _not_offered,
    "finite_number": _no_number,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
    "string_pattern_mismatch": _pattern,
    **dict.fromkeys(_TYPES, _wrong_type),
    **dict.fromkeys(_BEYOND, _beyond),
}


def _shown(value: Any) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel], keys: Keys) -> list[str]:
    section = section_at(model, keys)
    return [] if section is None else list(section.model_fields)


def _limits(model: type[BaseModel], keys: Keys) -> str:
    """The range of a number in words; empty where there is none."""
    field = field_at(model, keys)
    if field is None:
        return ""
    low = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
    above = next((limit.gt for limit in field.metadata if hasattr(limit, "gt")), None)
    high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), None)
    extra = field.json_schema_extra
    unit = f" {extra['unit']}" if isinstance(extra, dict) and extra.get("unit") else ""
    if low is not None and high is not None:
        return f"from {low:.10g} to {high:.10g}{unit}"
    if above is not None:
        return f"above {above:g}{unit}"
    return "" if low is None else f"{low:g}{unit} or more"


def _form(model: type[BaseModel], keys: Keys) -> str:
    """What may stand at a key; a draw only where one is taken."""
    field = field_at(model, keys)
    if field is None:
        return "mend the value"
    options = [str(word) for word in offered_by(field)]
    if options:
        return f"one of {', '.join(options)}"
    if not is_drawable(field) or names(keys)[0] in NEVER_DRAWN or names(keys) != keys:
        return "true or false" if takes_truth(field) else "mend the value"
    return f"one value, or {draws_at(field)}"


def draws_at(field: Any) -> str:
    """The kinds of draw that a field takes, as they are written."""
    if takes_whole_numbers(field):
        return "{ uniform = [low, high] } or { choice = [...] }"
    if takes_any_number(field):
        return "{ uniform = [low, high] }, { normal = { mean, sd, min, max } } or { choice = [...] }"
    return "{ choice = [...] }"
