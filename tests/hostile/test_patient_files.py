"""patient.toml of an imported patient, edited by hand: each fault with file, line and key, before anything is built."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from phantoms.from_ct.files import real_patient
from simulator.cli import main
from simulator.errors import UserInputError
from simulator.records.header import describe_case
from simulator.scenario.build import Case
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_file import check_patient_file
from simulator.scenario.real_patient import real_phantom

CASE = 'format = 1\ntitle = "Own"\nextends = "real-ct"\n[patient]\nct = "own"\n'


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case on a patient in a folder beside it; the CT is not read here."""
    ct, _, _ = real_patient("lumbopelvic-3mm")
    (tmp_path / "own").mkdir()
    shutil.copy(ct.parent / "patient.toml", tmp_path / "own")
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    return path


def test_a_sound_one_is_sound(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(case)]) == 0
    assert "sound" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed = 3", 'seed = "three"', "patient.toml:3: seed: this takes a whole number"),
        ("seed = 3", "seed = -5", "patient.toml:3: seed: -5 is out of range"),
        ("seed = 3", "seed = 1e308", "patient.toml:3: seed: "),
        ("sac_scale = 1.0", "sac_scale = nan", "patient.toml:2: sac_scale: nan is no number"),
        ("sac_scale = 1.0", "sac_scale = 0.0", "patient.toml:2: sac_scale: 0.0 is out of range"),
        ("sac_scale = 1.0", "", "sac_scale: this key is missing"),
        ("sac_scale = 1.0", "sac_scale = 2020-01-01", "patient.toml:2: sac_scale: a date or time"),
        ("sac_scale = 1.0", "sac_scale = 1.0\nabout = 'L9/9'", "patient.toml:3: about: "),
        ("thickness_mm = 4.0", "thickness_mm = 1e308", "leak.thickness_mm: 1e+308 is out of range: from 1.5 to 6 mm"),
        ("thickness_mm = 4.0", 'thickness_mm = "4"', "leak.thickness_mm: this takes a number"),
        ("extent_levels = 3.0", "extent_levels = inf", "leak.extent_levels: inf is no number"),
        ("iodine_ratio = 0.75", "", "leak.iodine_ratio: this key is missing"),
        ('side = "right"', 'side = "up"', "leak.side: 'up' is not offered"),
        ('pattern = "circumferential"', 'pattern = "slow"\n', "leak"),
        ("volume_ml = 15.0", "volume_ml = -5", "myelogram.volume_ml: -5 is out of range: from 5 to 25 mL"),
        ("turns = 10", "turns = 1e308", "myelogram.turns: 1e+308 is out of range"),
        ('injection_level = "L3/4"', 'injection_level = "T1/2"', "myelogram.injection_level: "),
        ("[myelogram]", "[mielogram]", "mielogram: unknown key: did you mean 'myelogram'?"),
        ("[leak]", "[leak]\n[leak]", "patient.toml:6: leak: this key or table stands twice"),
    ],
)
def test_each_fault_is_told_with_file_line_and_key(
    case: Path, old: str, new: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.parent / "own" / "patient.toml"
    text = path.read_text()
    assert old in text
    edited = text.replace(old, new, 1)
    path.write_text(edited.replace('side = "right"', 'side = "both"') if "slow" in new else edited)
    out = str(case.parent / "out")
    for command in (["check"], ["run", "--out", out], ["preview", "--out", out]):
        assert main([command[0], str(case), *command[1:]]) == 2
        err = capsys.readouterr().err
        assert words in err
        assert str(path) in err
    assert not (case.parent / "out").exists()
    with pytest.raises(UserInputError):
        check_patient_file(path.parent)
    with pytest.raises(UserInputError):  # as a record has it built
        real_phantom("own", lambda own: own, lambda own: own, case.parent, None)


def test_a_pipe_is_no_patient(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (case.parent / "own" / "patient.toml").unlink()
    os.mkfifo(case.parent / "own" / "patient.toml")
    assert main(["check", str(case)]) == 2
    assert "patient.ct" in capsys.readouterr().err


def test_names_that_are_no_utf8_leave_records_that_can_be_read(case: Path, patient_2: Case) -> None:
    odd = case.with_name(os.fsdecode(b"ca\xffse.toml"))
    case.rename(odd)
    assert load_scenario(odd).name == r"ca\udcffse"
    header = describe_case(patient_2, operator=os.fsdecode(b"\xff.py:Mine"), hands="exact", scenario_path=str(odd))
    assert header.operator == r"\udcff.py:Mine"
    (case.parent / "own").rename(case.parent / os.fsdecode(b"ow\xffn"))
    patient = patient_2.scenario.patient.model_copy(update={"phantom": None, "ct": os.fsdecode(b"ow\xffn")})
    real = replace(patient_2, scenario=patient_2.scenario.model_copy(update={"patient": patient}))
    with pytest.raises(UserInputError, match="give it a name of letters and digits"):
        describe_case(real, operator="x", hands="exact", scenario_path=str(odd))
