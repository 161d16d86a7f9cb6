"""Valid files without end: `python -m tests.hostile.valid_files [--count N] [--first N] [--show N]`.

Cases and courses are drawn key by key from the JSON Schema that editors are given, so from the forms' own ranges; then
what no schema can say is put right (`valid_meaning.py`). Studies name such cases. A refusal is a fault of the form, of
`check`, or of this generator; the command prints each, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from simulator.errors import UserInputError
from simulator.scenario.course_file import load_course
from simulator.scenario.course_schema import Course
from simulator.scenario.json_schema import form_schema
from simulator.scenario.load import load_scenario
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import shipped_scenarios
from simulator.strategies.study_file import load_study
from tests.hostile.toml_text import Written
from tests.hostile.valid_meaning import Made, fitting_case, fitting_course

PICTURE = "valid.png"
SOME_SIGNS = "abc xyz ÄÖ 0.5 {level} — 汉 \"quoted\" 'q' \\ #"
KINDS = ("case", "case", "case", "course", "study")
OPERATORS = ("autopilot", "quick-check")


class FromSchema:
    """Values that fit a schema of draft 7, drawn from its ranges.

    Args:
        rng: of all choices
        schema: with its definitions
        likely: how probable a key is that need not be there
    """

    def __init__(self, rng: random.Random, schema: dict[str, Any], likely: float) -> None:
        self._rng, self._schema, self._likely = rng, schema, likely

    def made(self) -> Made:
        """A whole file."""
        return self._table(self._schema, drawn=True)

    def _table(self, entry: dict[str, Any], *, drawn: bool) -> Made:
        found: Made = {}
        for name, part in entry["properties"].items():
            if name in entry.get("required", ()) or self._rng.random() < self._likely:
                found[name] = self._value(part, drawn=drawn)
        return found

    def _value(self, entry: dict[str, Any], *, drawn: bool) -> Any:
        rng = self._rng
        if "$ref" in entry or "allOf" in entry:
            ref = entry["$ref"] if "$ref" in entry else entry["allOf"][0]["$ref"]
            return self._table(self._schema["$defs"][ref.rpartition("/")[2]], drawn=drawn)
        kinds = entry["type"] if isinstance(entry["type"], list) else [entry["type"]]
        if "object" in kinds and drawn and rng.random() < 0.15:
            return self._draw(entry)
        few = entry.get("enum") or next((one["enum"] for one in entry.get("anyOf", ()) if "enum" in one), None)
        if few is not None:
            return rng.choice(few)
        if "const" in entry:
            return entry["const"]
        return self._of_type(kinds[0], entry, drawn=drawn)

    def _of_type(self, kind: str, entry: dict[str, Any], *, drawn: bool) -> Any:
        rng = self._rng
        if kind == "boolean":
            return rng.random() < 0.5
        if kind in ("number", "integer"):
            return self._number(entry, whole=kind == "integer")
        if kind == "array":
            least = entry.get("minItems", 0)
            most = min(entry.get("maxItems", least + 3), least + 3)
            return [self._value(entry["items"], drawn=False) for _ in range(rng.randint(least, most))]
        least, most = entry.get("minLength", 0), entry.get("maxLength", 100)
        return "".join(rng.choice(SOME_SIGNS) for _ in range(rng.choice([least, min(least + 40, most), most]))) or "x"

    def _number(self, entry: dict[str, Any], *, whole: bool) -> float | int:
        low = entry.get("minimum", entry.get("exclusiveMinimum", 0) + 1e-3 if not whole else 0)
        high = entry.get("maximum", entry.get("exclusiveMaximum", low + 1000) - (1 if whole else 0))
        value = self._rng.choice([low, high, self._rng.uniform(low, high), self._rng.uniform(low, high)])
        return int(value) if whole else round(min(max(value, low), high), 6)

    def _draw(self, entry: dict[str, Any]) -> Made:
        kind = self._rng.choice(sorted(entry["properties"]))
        part = entry["properties"][kind]
        if kind == "choice":
            items = {**part["items"], "type": part["items"].get("type", "string")}
            return {kind: [self._value(items, drawn=False) for _ in range(self._rng.randint(1, 3))]}
        if kind == "uniform":
            ends = sorted({self._value(part["items"], drawn=False) for _ in range(8)})
            return {kind: [ends[0], ends[-1]]}
        ends = sorted({self._value(part["properties"]["min"], drawn=False) for _ in range(8)})
        return {kind: {"mean": ends[0], "sd": self._rng.uniform(0.1, 9), "min": ends[0], "max": ends[-1]}}


OF_CASES, OF_COURSES = form_schema(Scenario), form_schema(Course)


def valid_file(number: int) -> tuple[str, Made]:
    """Kind and tables of a file; the same number gives the same one."""
    rng = random.Random(number)
    kind = rng.choice(KINDS)
    if kind == "case":
        case = FromSchema(rng, OF_CASES, rng.choice([0.1, 0.3, 0.8])).made()
        return kind, fitting_case(rng, case, PICTURE)
    if kind == "course":
        return kind, fitting_course(rng, FromSchema(rng, OF_COURSES, rng.choice([0.2, 0.8])).made())
    seeds: list[Any] = [rng.randint(1, 50), rng.sample(range(10**6), 3), {"first": 3, "last": rng.randint(3, 9)}]
    study: Made = {
        "format": 1,
        "title": "Valid",
        "scenarios": rng.sample(shipped_scenarios(), rng.randint(1, 2)),
        "operators": [rng.choice(OPERATORS)],
        "seeds": rng.choice(seeds),
    }
    return kind, study


READERS: dict[str, Callable[[Path], object]] = {"case": load_scenario, "course": load_course, "study": load_study}


def refusal(kind: str, data: Made, folder: Path) -> str | None:
    """What `check` says against a file; None where it finds it sound.

    Args:
        folder: to write it to; it holds the picture that briefings show
    """
    path = folder / "valid.toml"
    path.write_text(Written(data).text, encoding="utf-8")
    try:
        READERS[kind](path)
        if kind == "case" and "reject_if" not in data:  # whose bounds may lie beyond the patient
            load_scenario(path).scenario_for(1)
    except UserInputError as fault:
        return str(fault)
    return None


def add_picture(folder: Path) -> None:
    """Write the picture that briefings of valid cases show."""
    Image.new("L", (8, 8)).save(folder / PICTURE)


def main(arguments: Sequence[str]) -> int:
    """Check so many files, and print what was refused; 1 where anything was."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="refusals to print")
    given = parser.parse_args(arguments)
    refused = []
    with tempfile.TemporaryDirectory() as name:
        add_picture(Path(name))
        for number in range(given.first, given.first + given.count):
            why = refusal(*valid_file(number), Path(name))
            if why is not None:
                refused.append(f"{number}: {why}")
    print(f"{given.count} valid files: {len(refused)} refused")
    print("\n".join(refused[: given.show]))
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
