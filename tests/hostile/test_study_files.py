"""Study files that are wrong: one message with file, line, fault and mend; exit code 2; nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli import main
from tests.studies import write_study


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Standard error of a study that must be refused."""
    assert main(["bench", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("key", "line", "expected"),
    [
        ("format", "format = 2", [":1: format", "must be 1"]),
        ("format", "", ["format", "missing"]),
        ("title", "titel = 'x'", [":2: titel", "unknown key", "'title'"]),
        ("scenarios", "scenarios = []", ["scenarios", "empty"]),
        ("scenarios", 'scenarios = "patient-2"', ["scenarios", "list of texts"]),
        ("scenarios", 'scenarios = ["nobody.toml"]', ["nobody.toml", "no such file"]),
        ("scenarios", 'scenarios = ["patient-2", "patient-2"]', ["stands twice"]),
        ("operators", 'operators = ["quick-chek"]', [":4: operators", "quick-chek", "'quick-check'"]),
        ("operators", "operators = [3]", ["operators", "list of texts"]),
        ("operators", 'operators = ["nothing.py:Nobody"]', ["nothing.py", "no such file", "idle.py"]),
        ("operators", 'operators = ["idle.py:Idel"]', ["idle.py", "no class 'Idel'", "'Idle'"]),
        ("seeds", "seeds = 0", ["no seed"]),
        ("seeds", "seeds = -3", ["seeds = 40"]),
        ("seeds", "seeds = 1.5", ["seeds = 40"]),
        ("seeds", "seeds = true", ["seeds = 40"]),
        ("seeds", "seeds = []", ["no seed"]),
        ("seeds", "seeds = [1, 1]", ["stands twice"]),
        ("seeds", "seeds = { first = 4, last = 3 }", ["no seed"]),
        ("seeds", "seeds = { from = 1, to = 3 }", ["first = 1"]),
        ("seeds", "seeds = 100000000", [":5: seeds", "more than"]),
        (
            "grid",
            '[grid]\n"scanner.preset_tube_curent_ma" = [20.0]',
            ["preset_tube_curent_ma", "preset_tube_current_ma"],
        ),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = [nan]', [":7: grid.scanner", "not finite"]),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = [1e9]', ["preset_tube_current_ma"]),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = ["many"]', ["preset_tube_current_ma", "number"]),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = []', ["with a value or more"]),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = 20.0', ["must be a list", "[20.0]"]),
        ("grid", '[grid]\n"scanner.preset_tube_current_ma" = [20.0, 20.0]', ["stands twice"]),
        ("grid", "grid = 3", ["must be a table"]),
        ("grid", "[grid]\npoints = 3", ["grid.points", "tables"]),
        ("grid", '[grid]\n"title.x" = [3]', ["title"]),
        ("grid", '[grid]\n"leak.level" = ["L3/9"]', ["L3/9", "L3/4"]),
        (
            "grid",
            '[grid]\n"limits.blood_ml" = [8.0]\n[[grid.points]]\n"limits.blood_ml" = 9.0',
            ["grid.limits.blood_ml", "in the grid and in its points"],
        ),
        ("seeds", "seeds = = 3", ["not TOML"]),
        ("grid", '[grid]\nextends = ["patient-2", "obese"]', [":7: grid.extends", "no setting"]),
        ("grid", '[grid]\ntitle = ["a", "b"]', [":7: grid.title", "no setting"]),
        ("grid", '[grid]\n"limits.blood_ml" = [8, 8.0]', ["makes the same case"]),
        ("grid", '[grid]\n"limits.blood_ml" = [8.0, 1979-05-27]', [":7: grid.limits.blood_ml", "1979-05-27"]),
        ("grid", '[grid]\n"limits.blood_ml" = [8.0,\n  07:32:00]', [":8: grid.limits.blood_ml", "07:32:00"]),
        ("grid", '[[grid.points]]\n"text.request" = 1979-05-27T07:32:00', [":7: grid.text.request"]),
        (
            "grid",
            "[grid]\n" + "\n".join(f'"a.{k}" = [1,2,3,4,5,6,7,8,9,10]' for k in "abcdefghi"),
            [":6: grid", "1000000000 points"],
        ),
        ("grid", '[grid]\n"limits.blood_ml" = [\n 8.0, # "a", [b\n 99.0,\n]', [":9: grid", "limits.blood_ml"]),
        (
            "grid",
            '[[grid.points]]\n"limits.blood_ml" = 8.0\n[[grid.points]]\n"limits.blood_ml" = 99.0',
            [":9: grid", "limits.blood_ml"],
        ),
        (
            "grid",
            '[grid]\n"limits.blood_ml" = [8.0]\n"scanner.planning_mas" = [50.0, 1e9]',
            [":8: grid", "planning_mas"],
        ),
        ("operators", 'operators = [\n "quick-check",\n "quick-chek",\n]', [":6: operators", "quick-chek"]),
        ("operators", 'operators = ["quick-check",\n "idle.py:Idel"]', [":5: operators", "no class 'Idel'"]),
        ("scenarios", 'scenarios = ["patient-2",\n "nobody.toml"]', [":4: scenarios", "nobody.toml", "no such file"]),
    ],
)
def test_faults_of_a_study_name_line_key_and_mend(
    key: str, line: str, expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_study(tmp_path, **{key: line})
    message = refused(capsys, str(study), "--out", str(tmp_path / "out"))
    assert str(tmp_path) in message
    for words in expected:
        assert words in message, message
    assert not (tmp_path / "out").exists()


def test_all_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path, format="format = 3", seeds="seeds = -1", operators='operators = ["x"]')
    message = refused(capsys, str(study))
    for words in ("format", "seeds", "'x'"):
        assert words in message


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in refused(capsys, str(tmp_path / "none.toml"))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00\x01" * 50)
    assert "cannot be read" in refused(capsys, str(binary))
    assert "cannot be read" in refused(capsys, str(tmp_path))


def test_folders_that_cannot_be_written_or_hold_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "cannot be written" in refused(capsys, str(study), "--out", str(blocked / "out"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "journal.jsonl").write_text("")  # what is left of a study that was killed before its first line
    assert main(["bench", str(study), "--out", str(out)]) == 0
    capsys.readouterr()
    assert "--resume" in refused(capsys, str(study), "--out", str(out))


def test_scheduler_that_does_not_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path)
    message = refused(capsys, str(study), "--dask", "nonsense://x", "--out", str(tmp_path / "out"))
    assert "no scheduler answers" in message


@pytest.mark.parametrize(
    "arguments", [["--workers", "0"], ["--workers", "two"], ["--shard", "3/2"], ["--shard", "1"], ["--shard", "0/2"]]
)
def test_numbers_of_workers_and_shards(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["bench", "study.toml", *arguments])
    assert stopped.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_operator_that_fails_at_its_start_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_study(tmp_path, operators='operators = ["bad.py:Bad"]', grid="")
    (tmp_path / "bad.py").write_text("class Bad:\n    def __init__(self):\n        self.no_such_thing\n")
    message = refused(capsys, str(study), "--workers", "1", "--out", str(tmp_path / "out"))
    assert "bad.py:3" in message
    assert "AttributeError" in message
    assert not (tmp_path / "out").exists()


def test_a_scheduler_is_looked_for_before_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.warm_up.WarmUp", lambda: pytest.fail("nothing may be compiled yet"))
    study = write_study(tmp_path)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "tcp://127.0.0.1:notaport"):
        message = refused(capsys, str(study), "--dask", address, "--out", str(tmp_path / "out"))
        assert "no scheduler answers" in message
    assert not (tmp_path / "out").exists()


def test_check_takes_a_study_for_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path)
    assert main(["check", str(study), "first-look"]) == 0
    told = capsys.readouterr().err
    assert "a study of 4 runs: A small study" in told
    assert "a study of 15 runs" in told
    study = write_study(tmp_path, operators='operators = ["quick-chek"]')
    assert main(["check", str(study)]) == 2
    assert ":4: operators" in capsys.readouterr().err
