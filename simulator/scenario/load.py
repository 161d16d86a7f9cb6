"""Load: a scenario file as checked types, or every fault of it with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.faults import UserFaultError
from simulator.scenario.schema import Scenario

LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """A scenario and where it came from."""

    name: str
    path: Path
    scenario: Scenario


def load_scenario(path: Path) -> ScenarioFile:
    """Read and check a scenario file.

    Raises:
        UserFaultError: the file cannot be read or is no scenario; the message names every fault with its line.
    """
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserFaultError(str(path), f"this is not TOML: {error}", "mend that line") from error
    return ScenarioFile(name=path.stem, path=path, scenario=parse_scenario(data, text, str(path)))


def read_text(path: Path) -> str:
    """Text of a small file the user named; UserFaultError where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UserFaultError(str(path), "the file is larger than a megabyte", "is it the right file?")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        near = sorted(p.name for p in path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
        mend = f"files here: {', '.join(near)}" if near else "check the path"
        raise UserFaultError(str(path), "there is no such file", mend) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserFaultError(str(path), f"the file cannot be read ({error})", "check it and its rights") from error


def parse_scenario(data: dict[str, Any], text: str, place: str) -> Scenario:
    """Check a scenario's data; `text` and `place` serve the messages."""
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        faults = [_describe(item, text, place) for item in error.errors()]
        first = faults[0]
        rest = "".join(f"\n{where}: {what}: {mend}" for where, what, mend in faults[1:])
        raise UserFaultError(first[0], first[1], first[2] + rest) from error


def _describe(item: Any, text: str, place: str) -> tuple[str, str, str]:
    keys = [str(part) for part in item["loc"]]
    dotted = ".".join(keys)
    line = line_of(text, keys)
    where = f"{place}:{line}: {dotted}" if line else f"{place}: {dotted}" if dotted else place
    if item["type"] == "extra_forbidden":
        known = _known_keys(keys[:-1])
        near = difflib.get_close_matches(keys[-1], known, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
        return where, "unknown key", mend
    if item["type"] == "missing":
        return where, "this key is missing", "add it"
    what = item["msg"].removeprefix("Value error, ")
    return where, f"{what}, not {item['input']!r}"[:300], "mend the value"


def _known_keys(keys: list[str]) -> list[str]:
    model: Any = Scenario
    for key in keys:
        field = model.model_fields.get(key) if isinstance(model, type) and issubclass(model, BaseModel) else None
        annotation = field.annotation if field else None
        options = [annotation, *getattr(annotation, "__args__", ())]
        model = next((o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), None)
    return list(model.model_fields) if model is not None else []


def line_of(text: str, keys: list[str]) -> int | None:
    """Line on which a dotted key stands, or on which its table begins; None where it cannot be told."""
    table: list[str] = []
    best: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([\w.\-]+)\s*\]+", line)
        if header:
            table = header.group(1).split(".")
            if table == keys[: len(table)]:
                best = best or number
            if table == keys:
                return number
            continue
        key = re.match(r"\s*([\w\-]+)\s*=", line)
        if key and [*table, key.group(1)] == keys[: len(table) + 1] and len(table) < len(keys):
            return number
    return best
