"""The JSON Schema of cases: what editors can read of it, that it says what the form says, and that linters agree."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from phantoms.catalogue import patient_names
from simulator.scenario.json_schema import DRAFT, LATER_KEYWORDS, SCHEMA_FILE, json_schema, schema_text
from simulator.scenario.shipped import scenario_folder, shipped_scenarios
from simulator.vocabulary.levels import Interspace, Vertebra

SCHEMA = json_schema()
VALIDATOR = Draft7Validator(SCHEMA)
BASE = '#:schema scenario.schema.json\nformat = 1\nextends = "patient-2"\n'


def parts(of: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every table of a schema, with the keys that lead to it."""
    if isinstance(of, dict):
        yield keys, of
        for key, item in of.items():
            yield from parts(item, (*keys, key))
    elif isinstance(of, list):
        for place, item in enumerate(of):
            yield from parts(item, (*keys, str(place)))


def test_the_schema_is_draft_7_and_holds_nothing_that_its_readers_leave_out() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == DRAFT
    for keys, part in parts(SCHEMA):
        assert not set(part) & set(LATER_KEYWORDS), keys
        assert "$ref" not in part or len(part) == 1, keys


def test_every_key_is_described() -> None:
    bare = [
        (*keys, name)
        for keys, part in parts(SCHEMA)
        if isinstance(part.get("properties"), dict) and not {"if", "then", "else", "allOf"} & set(keys)
        for name, entry in part["properties"].items()
        if not entry.get("description")
    ]
    assert bare == []


def test_closed_sets_stand_in_it() -> None:
    properties = SCHEMA["$defs"]["Patient"]["properties"]
    assert properties["phantom"]["anyOf"][0]["enum"] == list(patient_names())
    assert properties["scoliosis_apex"]["anyOf"][0]["enum"] == [str(one) for one in Vertebra]
    assert SCHEMA["$defs"]["Leak"]["properties"]["level"]["anyOf"][0]["enum"] == [str(one) for one in Interspace]
    assert SCHEMA["properties"]["extends"]["oneOf"][0]["enum"] == shipped_scenarios()


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("", True),
        ('title = "x"', True),
        ("foo = 1", False),
        ('extends = "patient-22"', False),
        ('extends = "mine.toml"', True),
        ("[limits]\nblood_ml = { uniform = [1, 50] }", False),
        ("[limits]\nblood_ml = { uniform = [1, 5, 6] }", False),
        ("[limits]\nblood_ml = { uniform = [1, 5], choice = [1] }", False),
        ("[limits]\nblood_ml = { normal = { mean = 5, sd = 0, min = 2, max = 6 } }", False),
        ("[limits]\nblood_ml = { normal = { mean = 5, sd = 1, min = 0.5, max = 6 } }", False),
        ("[limits]\nblood_ml = { normal = { mean = 5, sd = 1, min = 2, max = 6 } }", True),
        ("[limits]\nblood_ml = { choice = [3, 99] }", False),
        ("[patient]\nseed = { uniform = [1, 2.5] }", False),
        ("[patient]\nseed = { normal = { mean = 5, sd = 1, min = 2, max = 6 } }", False),
        ('[patient]\nphantom = { choice = ["patient-1", "patient-9"] }', False),
        ('[patient]\nphantom = "patient-1"\nct = "mine"', False),
        ('[patient]\nct = "mine"\nsex = "F"', False),
        ('[patient]\nct = "mine"', True),
        ('[leak]\nlevel = "L3/9"', False),
        ("[leak]\nside = { uniform = [1, 2] }", False),
        ('[myelogram]\nlevels = ["L2"]', False),
        ("[rubric]\ntime_min = { expert = 1 }", True),
        ("[rubric]\nweight_dose = { uniform = [0, 1] }", False),
        ('[[event]]\nkind = "jerk"', False),
        ('[[event]]\nkind = "jerk"\nat_min = 3\nat_press = 3', False),
        ('[[event]]\nkind = "jerk"\nat_min = { uniform = [1, 2] }', False),
        ('[[event]]\nkind = "arm line clots"\nat_min = 3', False),
        ('[[event]]\nkind = "arm line clots"', True),
        ('[[event]]\nkind = "jerk"\nnear = "dura"\nwithin_mm = 3', True),
        ('[[event]]\nkind = "jerk"\nat_press = 2\nwithin_mm = 3', False),
        ('[[question]]\nwords = "?"\nkind = "choice"', False),
        ('[[question]]\nwords = "?"\nkind = "choice"\noptions = ["a", "b"]\nright = 1', True),
        ('[[question]]\nwords = "?"\nkind = "number"\nvalue = 3\noptions = ["a", "b"]', False),
        ('[lesson]\ngoals = ["g"]\n[[lesson.advice]]\nwords = "w"\nmetric = "seal"', False),
        ('[lesson]\ngoals = ["g"]\n[[lesson.advice]]\nwords = "w"\nmetric = "seal"\nbelow = 1', True),
        ('[lesson]\ngoals = ["g"]\n[[lesson.advice]]\nwords = "w"\ntouched = "dura"\nwrong_level = true', False),
        ('[[stage]]\ntitle = "later"\n[stage.leak]\nside = "left"', False),
        ('[[stage]]\ntitle = "later"\n[stage.leak]\nlevel = { choice = ["L3/4"] }', False),
        ('[briefing]\nwords = "x"\n[[briefing.picture]]\nfile = "a.jpg"\ncaption = "c"', False),
    ],
)
def test_the_schema_and_both_linters_hold_a_file_to_its_form(text: str, sound: bool, tmp_path: Path) -> None:
    base = BASE.replace('extends = "patient-2"\n', "") if text.startswith("extends") else BASE
    assert VALIDATOR.is_valid(tomllib.loads(base + text)) is sound
    (tmp_path / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    (tmp_path / "mine.toml").write_text(f"{base}{text}\n", encoding="utf-8")
    for linter in (("taplo", "lint"), ("tombi", "lint", "--offline", "--quiet")):
        if shutil.which(linter[0]) is None:
            pytest.skip(f"{linter[0]} is not installed: pip install {linter[0]}")
        done = subprocess.run([*linter, "mine.toml"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode == 0) is sound, f"{linter[0]}: {done.stdout}{done.stderr}"


def test_an_unknown_key_is_told_once_where_it_stands(tmp_path: Path) -> None:
    if shutil.which("taplo") is None:
        pytest.skip("taplo is not installed: pip install taplo")
    (tmp_path / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    (tmp_path / "mine.toml").write_text(f"{BASE}\n[limits]\nminutes = 30\nblood = 3\n", encoding="utf-8")
    done = subprocess.run(["taplo", "lint", "mine.toml"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout + done.stderr).count("error:") == 1
    assert "mine.toml:7:9" in done.stdout + done.stderr


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_cases_that_ship_fit_the_schema(name: str) -> None:
    text = (scenario_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert [fault.message for fault in VALIDATOR.iter_errors(tomllib.loads(text))] == []
    assert text.startswith(f"#:schema {SCHEMA_FILE}\n")
