"""Pages for authors: made from the form, or held to what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.errors import UserInputError
from simulator.scenario.key_reference import reference_text
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import scenario_folder, shipped_scenarios
from simulator.scenario.slicer_path import read_path
from simulator.scenario.template import NewCase, write_template

PROJECT = Path(__file__).resolve().parents[2]
AUTHORS = PROJECT / "docs" / "authors"
SLICER = '{"markups": [{"type": "Line", "coordinateSystem": "%s", "controlPoints": [%s]}]}'
POINT = '{"label": "F", "position": [%s], "positionStatus": "defined"}'


def test_the_key_reference_is_that_of_the_form() -> None:
    assert (AUTHORS / "keys.md").read_text(encoding="utf-8") == reference_text()


def test_the_first_own_case_has_its_faults_on_the_lines_that_the_page_names(tmp_path: Path) -> None:
    page = (scenario_folder() / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"my-case\.toml:(\d+): (.+)", page)
    assert len(shown) == 2
    path = write_template("my-case", tmp_path)
    text = path.read_text().replace("bmi_kg_per_m2 = 23.5", "bmi_kg_per_m2 = 310").replace("side = ", "sied = ")
    path.write_text(text)
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    assert str(caught.value).splitlines() == [f"{path}:{line}: {rest}" for line, rest in shown]


def test_every_case_that_ships_stands_on_the_page() -> None:
    page = (scenario_folder() / "README.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    told = set(re.findall(r"`([a-z0-9-]+)`", "\n".join(rows)))
    told |= {re.sub(r"-[a-z]+$", end, name) for name in told for end in told if end.startswith("-")}
    assert [name for name in shipped_scenarios() if name not in told] == []


@pytest.mark.parametrize("patient", ["patient-1", "patient-3", "patient-4", "patient-6", "patient-7", "upper-thorax"])
@pytest.mark.parametrize("pattern", ["circumferential", "root-sleeve"])
def test_new_writes_a_sound_case_of_every_patient(patient: str, pattern: str, tmp_path: Path) -> None:
    from simulator.scenario.author_check import notes_on

    path = write_template(NewCase(name="mine", patient=patient, side="left", pattern=pattern), tmp_path)
    file = load_scenario(path)
    assert file.scenario_for(1).patient.phantom == patient
    assert notes_on(file, 1) == []


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (NewCase(name="mine", patient="patient-9"), "there is no patient 'patient-9'"),
        (NewCase(name="mine", level="C3/4"), "there is no level 'C3/4'"),
        (NewCase(name="mine", side="up"), "there is no side 'up'"),
        (NewCase(name="mine", pattern="ventral"), "there is no pattern 'ventral'"),
        (NewCase(name="mine", pattern="slow", side="both"), "a slow leak has one side"),
    ],
)
def test_new_refuses_what_no_case_can_be(case: NewCase, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match=words):
        write_template(case, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("system", "sign"), [("LPS", 1.0), ("RAS", -1.0)])
def test_a_path_of_slicer_is_taken_from_skin_to_target(system: str, sign: float, tmp_path: Path) -> None:
    ends = ", ".join(POINT % f"{sign * x}, {sign * y}, {z}" for x, y, z in ((-1.0, 16.0, -5.0), (-20.0, 70.0, -4.0)))
    (tmp_path / "line.mrk.json").write_text(SLICER % (system, ends))
    drawn = read_path(tmp_path / "line.mrk.json")
    assert drawn.entry_mm == (-20.0, 70.0, -4.0)
    assert drawn.target_mm == (-1.0, 16.0, -5.0)
    path = write_template(NewCase(name="mine", path=drawn), tmp_path)
    own = load_scenario(path).scenario_for(1).path
    assert own is not None
    assert tuple(own.target_mm) == drawn.target_mm


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        SLICER % ("LPS", POINT % "1, 2, 3"),
        SLICER % ("XYZ", POINT % "1, 2, 3"),
        SLICER % ("LPS", POINT % "1, 2"),
    ],
)
def test_what_is_no_line_of_slicer_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "line.mrk.json").write_text(text)
    with pytest.raises(UserInputError, match=r"Slicer|two points"):
        read_path(tmp_path / "line.mrk.json")
