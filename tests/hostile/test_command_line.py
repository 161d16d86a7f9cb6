"""Bad input at the command line: one message with place, fault and mend; exit code 2; nothing half-written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from phantoms.from_ct.files import real_patient
from simulator.cli import main

PROJECT = Path(__file__).resolve().parents[2]
PATIENT_2 = (PROJECT / "scenarios" / "patient-2.toml").read_text()


def fault(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Standard error of a command that must be refused."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def test_missing_and_unreadable_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in fault(capsys, "run", str(tmp_path / "none.toml"))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00\x01" * 50)
    assert "cannot be read" in fault(capsys, "run", str(binary))
    large = tmp_path / "large.toml"
    large.write_text("# x\n" * 400_000)
    assert "larger than a megabyte" in fault(capsys, "run", str(large))
    assert "cannot be read" in fault(capsys, "run", str(tmp_path))
    assert "no such record" in fault(capsys, "replay", str(tmp_path))
    assert "no such record" in fault(capsys, "report", str(tmp_path / "nothing"))


def test_scripts_are_refused_before_anything_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "s.toml"
    scenario.write_text(PATIENT_2)
    script = tmp_path / "script.jsonl"
    for text, words in (
        ('{"command": "Advance", "distance_mm": 3}\n{"command": "Fly"}\n', ["script.jsonl:2", "Fly"]),
        ('{"command": "Advance", "distance_mm": 3, "distance_mm": 4}\n', ["script.jsonl:1", "stands twice"]),
        ("\n# nothing\n", ["no command"]),
        ("not json\n", ["script.jsonl:1", "not JSON"]),
    ):
        script.write_text(text)
        message = fault(capsys, "run", str(scenario), "--commands", str(script), "--out", str(tmp_path / "out"))
        for word in words:
            assert word in message
    assert not (tmp_path / "out").exists()


def test_unknown_operator_and_bad_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "s.toml"
    scenario.write_text(PATIENT_2)
    assert "did you mean" in fault(capsys, "run", str(scenario), "--operator", "autopilo")
    for seed in ("-1", "1.5", "many"):
        with pytest.raises(SystemExit) as stopped:
            main(["run", str(scenario), "--seed", seed])
        assert stopped.value.code == 2


def test_output_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "s.toml"
    scenario.write_text(PATIENT_2)
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "cannot be written" in fault(capsys, "run", str(scenario), "--out", str(blocked / "out"))


def test_import_ct_refuses_in_one_message_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    out = tmp_path / "patients"
    assert "no such file" in fault(capsys, "import-ct", str(tmp_path / "no.nii.gz"), "--name", "a", "--out", str(out))
    assert ".nii" in fault(capsys, "import-ct", str(text), "--name", "a", "--out", str(out))
    assert "name for a folder" in fault(capsys, "import-ct", str(text), "--name", "../evil", "--out", str(out))
    ct, labels, _ = real_patient("lumbopelvic-3mm")
    nowhere = ["import-ct", str(ct), "--name", "a", "--out", str(out)]
    assert "which vertebra is which" in fault(capsys, *nowhere)
    assert "outside the image" in fault(capsys, *nowhere, "--level", "L3=0,0,9999", "--level", "L4=0,0,0")
    assert "give one of them" in fault(capsys, *nowhere, "--labels", str(labels), "--level", "L4=0,0,0")
    assert "T8/9 is not shown" in fault(capsys, *nowhere, "--labels", str(labels), "--leak", "T8/9")
    assert not out.exists()


def test_doctor_tells_what_it_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("Python", "numba", "processors", "memory", "cache"):
        assert word in out


def test_json_is_one_object_on_standard_output_and_words_go_elsewhere(tmp_path: Path) -> None:
    script = tmp_path / "idle.jsonl"
    script.write_text('{"command": "Wait", "duration_s": 5}\n')
    out = tmp_path / "out"
    line = [sys.executable, str(PROJECT / "run_sim.py"), "run", str(PROJECT / "scenarios" / "patient-2.toml")]
    result = subprocess.run(
        [*line, "--commands", str(script), "--out", str(out), "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    card = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert card["score"] == 0.0
    assert "not treated" in card["cap_reason"]
    assert "Score 0.0" in result.stderr
    for name in ("session.jsonl", "scorecard.json", "report.html", "frames"):
        assert (out / name).exists()
    verified = subprocess.run(
        [sys.executable, str(PROJECT / "run_sim.py"), "replay", str(out), "--verify", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["verification"]["grade"] == "exact"
