"""Scenario files that are wrong: file, line, key, what is wrong and the mend; all of it at once, and no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.scenario.load import load_scenario

PROJECT = Path(__file__).resolve().parents[2]
PATIENT_2 = (PROJECT / "scenarios" / "patient-2.toml").read_text()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Standard error of a command that must be refused."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def message_of(path: Path, text: str | bytes) -> str:
    """What is said about a file that must be refused."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    return str(caught.value)


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        (
            "planning_scan_prescribed = true",
            "preset_tube_current_ma = 400.0",
            "scanner.preset_tube_current_ma",
            ["400.0", "from 5 to 100"],
        ),
        ("planning_scan_prescribed = true", "scan_arcs_deg = [180]", "scanner.scan_arcs_deg", ["360", "240"]),
        (
            "planning_scan_prescribed = true",
            "scan_arcs_deg = [360]\npreset_scan_arc_deg = 240",
            "scanner.preset_scan_arc_deg",
            ["does not offer a scan over 240 degrees", "360"],
        ),
        (
            "planning_scan_prescribed = true",
            "hand_protection = false\npreset_hand_protection = true",
            "scanner.preset_hand_protection",
            ["does not offer hand protection", "set hand_protection to true"],
        ),
        (
            "planning_scan_prescribed = true",
            "dose_notification_dlp_mgy_cm = 50.0\ndose_alert_dlp_mgy_cm = 40.0",
            "scanner.dose_alert_dlp_mgy_cm",
            ["alert value of 40 mGy cm lies below the notification value", "choose 50 mGy cm or more"],
        ),
        (
            "planning_scan_prescribed = true",
            "dose_alert_ctdi_vol_mgy = -1.0",
            "scanner.dose_alert_ctdi_vol_mgy",
            ["from 0.1 to 2000 mGy"],
        ),
        ("blood_ml = 16.0", "blood_mll = 16.0", "limits.blood_mll", ["unknown key", "'blood_ml'"]),
        ("blood_ml = 16.0", "blood_ml = 400.0", "limits.blood_ml", ["400.0", "from 1 to 40 mL"]),
        ("blood_ml = 16.0", "blood_ml = nan", "limits.blood_ml", ["no number", "from 1 to 40 mL"]),
        ("blood_ml = 16.0", "blood_ml = -inf", "limits.blood_ml", ["from 1 to 40 mL"]),
        ("blood_ml = 16.0", 'blood_ml = "16 mL"', "limits.blood_ml", ["a number", "'16 mL'"]),
        ("blood_ml = 16.0", "blood_ml = [16.0]", "limits.blood_ml", ["a number"]),
        ("blood_ml = 16.0", "blood_ml = 2024-01-01", "limits.blood_ml", ["a number"]),
        ("blood_ml = 16.0", "blood_ml = { uniform = [20, 10] }", "limits.blood_ml", ["exchange"]),
        ("blood_ml = 16.0", "blood_ml = { uniform = [10, 50] }", "limits.blood_ml", ["50", "from 1 to 40 mL"]),
        ("blood_ml = 16.0", "blood_ml = { uniform = [10] }", "limits.blood_ml.uniform", ["2 items"]),
        ("blood_ml = 16.0", "blood_ml = { choice = [] }", "limits.blood_ml.choice", ["1 item"]),
        ("blood_ml = 16.0", "blood_ml = { between = [1, 2] }", "limits.blood_ml", ["a number"]),
        (
            "blood_ml = 16.0",
            "blood_ml = { normal = { mean = 50, sd = 2, min = 10, max = 20 } }",
            "limits.blood_ml.normal",
            ["between min and max"],
        ),
        (
            "blood_ml = 16.0",
            "blood_ml = { normal = { mean = 15, sd = 2, min = 10 } }",
            "limits.blood_ml.normal.max",
            ["missing"],
        ),
        ('level = "L3/4"', 'level = "L3/9"', "leak.level", ["'L3/9'", "L4/5"]),
        ('level = "L3/4"', 'level = { choice = ["L3/4", "T1/2"] }', "leak.level", ["'T1/2'"]),
        ('side = "right"', 'side = "rihgt"', "leak.side", ["'right'"]),
        ('side = "right"\npattern = "circumferential"', 'pattern = "slow"\nside = "both"', "leak.side", ["one axilla"]),
        ('pattern = "circumferential"', 'pattern = "whirl"', "leak.pattern", ["root-sleeve"]),
        ('pattern = "circumferential"', 'pattern = "ventral"', "leak.pattern", ["did you mean 'ventral-tear'?"]),
        ('pattern = "circumferential"', 'pattern = "ventral-tear"\nreach_mm = 20', "leak.reach_mm", ["no effect"]),
        ('pattern = "circumferential"', 'pattern = "slow"\niodine_ratio = 0.8', "leak.iodine_ratio", ["0.05 to 0.35"]),
        ('pattern = "circumferential"', 'pattern = "slow"\nreach_mm = 20', "leak.reach_mm", ["no effect"]),
        ('side = "right"', "side = { uniform = [1, 2] }", "leak.side", ["choice"]),
        ('side = "right"', 'side = "right"\nneedle_levels = ["T3/4"]', "leak.needle_levels", ["'T3/4'"]),
        ('levels = ["L2", "L5"]', 'levels = ["L2", "C5"]', "myelogram.levels", ["'C5'"]),
        ('levels = ["L2", "L5"]', 'levels = ["L2"]', "myelogram.levels", ["2 items"]),
        (
            "mas = 223.0",
            'puncture_site = { level = "L4/5" }\ninjection_level = "L3/4"',
            "myelogram.injection_level",
            ["L4/5"],
        ),
        ('phantom = "patient-2"', 'phantom = "patient-22"', "patient.phantom", ["'patient-2'"]),
        ('phantom = "patient-2"', 'ct = "nobody"', "patient.ct", ["lumbopelvic-3mm"]),
        ('phantom = "patient-2"', 'ct = "lumbopelvic-3mm"\nsac_scale = 1.0', "patient", ["sac_scale"]),
        (
            'phantom = "patient-2"',
            'phantom = "patient-2"\nnarrow_discs = ["L4/6"]',
            "patient.narrow_discs",
            ["'L4/6'", "L4/5"],
        ),
        ('phantom = "patient-2"', 'phantom = "patient-2"\nlaminectomy = ["C3"]', "patient.laminectomy", ["'C3'"]),
        (
            'phantom = "patient-2"',
            'phantom = "patient-2"\npedicle_screws = ["L3", "L5"]',
            "patient.pedicle_screws",
            ["rods", "neighbours"],
        ),
        ('phantom = "patient-2"', 'phantom = "patient-2"\nscoliosis_deg = 80.0', "patient.scoliosis_deg", ["25"]),
        ("format = 1", "format = 2", "format", ["2"]),
        ("format = 1", "format = { choice = [1] }", "format", ["not drawn"]),
        ("tube_voltages_kv = [80,", "tube_voltages_kv = [90,", "scanner.tube_voltages_kv", ["90", "80"]),
        (
            "planning_scan_prescribed = true",
            "preset_tube_current_ma = 5",
            "scanner.preset_tube_current_ma",
            ["10 to 100"],
        ),
        ("[limits]", "[limts]", "limts", ["unknown key", "'limits'"]),
    ],
)
def test_a_fault_is_told_with_line_key_and_mend(old: str, new: str, key: str, words: list[str], tmp_path: Path) -> None:
    assert old in PATIENT_2
    text = PATIENT_2.replace(old, new, 1)
    file = tmp_path / "mine.toml"
    message = message_of(file, text)
    assert message.count("\n") == 0, message
    line = line_of(text, "[patient]" if key == "patient" else new.splitlines()[-1])
    assert message.startswith(f"{file}:{line}: {key}: ")
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("time_min = 3", "time_min", ["expert, poor"]),
        ('time_min = { expert = "a", poor = 3 }', "time_min.expert", ["a number"]),
        ("time_min = { expert = nan, poor = 3 }", "time_min.expert", ["no number"]),
        ("time_min = { expert = 5, poor = 3 }", "time_min", ["must be the smaller"]),
        ("time_min = { expert = 5 }", "time_min.poor", ["missing"]),
        ("time_min = { choice = [1, 2] }", "time_min", ["unknown key"]),
        ("guidance_dlp_mgy_cm = { expert = 0, poor = 3 }", "guidance_dlp_mgy_cm.expert", ["above 0"]),
        ("planning_dlp_mgy_cm = { expert = 1, poor = 3 }", "planning_dlp_mgy_cm", ["no effect", "prescribed"]),
        ("presses = { expert = 3, poor = 13 }", "presses", ["of rubric 1", "images count by their dose"]),
        ("weight_patch = 0.15", "weight_patch", ["of rubric 1", "use weight_help"]),
        ("weight_dose = -1", "weight_dose", ["from 0 to 1"]),
        ("weight_dose = 0.5", "", ["six weights", "1.38", "must come to 1"]),
        ("weight_doze = 1", "weight_doze", ["'weight_dose'"]),
        ("near_dura_mm = { uniform = [1, 2] }", "near_dura_mm", ["not drawn"]),
    ],
)
def test_faults_of_the_rubric(line: str, key: str, words: list[str], tmp_path: Path) -> None:
    message = message_of(tmp_path / "mine.toml", f"{PATIENT_2}\n[rubric]\n{line}\n")
    assert f"rubric.{key}".removesuffix(".") in message
    for word in words:
        assert word in message


def test_all_faults_are_told_at_once_those_of_form_and_those_of_sense(tmp_path: Path) -> None:
    text = PATIENT_2
    for old, new in (
        ("format = 1", "format = 3"),
        ('title = "Patient 2: leak at {level}"', ""),
        ("mas = 223.0", "mas = 1e9\nfoo = 1"),
        ('level = "L3/4"', 'level = "L9/9"'),
        ("tube_currents_ma = [10.0,", "preset_tube_current_ma = { uniform = [5, 200] }\ntube_currents_ma = [10.0,"),
        ("blood_ml = 16.0", "blood_ml = { uniform = [3, 2] }"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "mine.toml"
    lines = message_of(file, text + "\n[rubric]\nweight_dose = 0.9\n").splitlines()
    told = {line.split(": ")[1] for line in lines}
    assert told == {
        "format", "title", "myelogram.mas", "myelogram.foo", "leak.level", "scanner.preset_tube_current_ma",
        "limits.blood_ml", "rubric",
    }  # fmt: skip
    assert len([line for line in lines if "preset_tube_current_ma" in line]) == 2  # either end has a fault of its own
    assert all(line.startswith(f"{file}:") for line in lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = = 1", [":1:", "not TOML"]),
        ("format = 1\nformat = 1\n", [":2:", "twice"]),
        ("[leak]\nlevel = 1\n[leak]\n", [":3:", "twice"]),
        ('title = "no end\n', ["not TOML"]),
        ("", ["empty"]),
        ("# only a remark\n", ["empty"]),
        (b"\xff\xfe\x00\x01" * 50, ["UTF-8"]),
        (b"format = 1\x00", ["not TOML"]),
        ("a = " + "[" * 20_000, ["not TOML"]),
        ("a = " + "9" * 5_000, ["not TOML"]),
        ("# x\n" * 600_000, ["larger than a megabyte"]),
        ("x.y.z = 1\n" + PATIENT_2, ["unknown key"]),
        ('patient = "somebody"\n', ["a table of keys"]),
        ("leak = []\n", ["a table of keys"]),
        (".".join("a" * 300_000) + " = 1\n", ["8 deep"]),
        ('"\\u001b[2J" = 1\n', ["'\\x1b[2J': unknown key"]),
        ("".join(f"key{n} = 1\n" for n in range(5_000)), ["key0", "more"]),
        ('extends = "' + "a" * 5_000 + '.toml"\n', ["no file"]),
        ('[patient]\nct = "' + "a" * 5_000 + '"\n', ["patient.ct"]),
        ('[patient]\nct = "' + "../" * 50 + 'etc"\n', ["no real patient"]),
    ],
)
def test_files_that_hold_no_scenario(text: str | bytes, words: list[str], tmp_path: Path) -> None:
    message = message_of(tmp_path / "mine.toml", text)
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("extends", "words"),
    [
        ('"patient-22"', ["'patient-2'"]),
        ('"nobody-at-all"', ["there are:", "patient-2"]),
        ('"nowhere.toml"', ["no file 'nowhere.toml'"]),
        ("3", ["one name or path"]),
        ('""', ["one name or path"]),
        ('["patient-1", "patient-2"]', ["one name or path"]),
        ('"mine.toml"', ["cannot extend itself"]),
    ],
)
def test_extends_that_leads_nowhere(extends: str, words: list[str], tmp_path: Path) -> None:
    message = message_of(tmp_path / "mine.toml", f"format = 1\nextends = {extends}\n")
    assert message.startswith(f"{tmp_path / 'mine.toml'}:2: extends: ")
    for word in words:
        assert word in message


def test_a_circle_of_three_is_one_message(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'extends = "{other}.toml"\n')
    with pytest.raises(UserInputError, match=r"a\.toml -> b\.toml -> c\.toml -> a\.toml"):
        load_scenario(tmp_path / "a.toml")


def test_a_fault_in_what_is_extended_names_that_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(PATIENT_2.replace("blood_ml = 16.0", "blood_ml = 400.0"))
    message = message_of(tmp_path / "mine.toml", 'extends = "base.toml"\n[leak]\nside = "lfet"\n')
    line = line_of(PATIENT_2, "blood_ml")
    assert f"{tmp_path / 'base.toml'}:{line}: limits.blood_ml" in message
    assert f"{tmp_path / 'mine.toml'}:3: leak.side" in message
    message = message_of(tmp_path / "mine.toml", 'extends = "base.toml"\n[limits]\nblood_ml = 10\nminutes = 1\n')
    assert message.startswith(f"{tmp_path / 'mine.toml'}:4: limits.minutes")
    assert "\n" not in message


@pytest.mark.parametrize("command", ["check", "run", "preview"])
def test_every_command_refuses_in_the_same_words(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(PATIENT_2.replace("blood_ml = 16.0", "blood_mll = 16.0"))
    out = [] if command == "check" else ["--out", str(tmp_path / "out")]
    assert "limits.blood_mll: unknown key: did you mean 'blood_ml'?" in refused(capsys, command, str(file), *out)
    assert not (tmp_path / "out").exists()
    assert "no such file" in refused(capsys, command, str(tmp_path / "none.toml"), *out)
    assert "folder" in refused(capsys, command, str(tmp_path), *out)


@pytest.mark.parametrize("name", ["a" * 5_000, "nul\x00.toml", os.devnull])
def test_names_that_no_file_has(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read" in refused(capsys, "check", name)


def test_check_tells_the_faults_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(PATIENT_2.replace("blood_ml = 16.0", "blood_ml = 400.0"))
    two.write_text("format = = 1")
    message = refused(capsys, "check", str(one), str(two), "patient-2")
    assert f"{one}:" in message
    assert f"{two}:1:" in message
    assert "patient-2: sound" in message


def test_new_never_touches_a_file_and_says_where_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("precious")
    assert "already" in refused(capsys, "new", "mine")
    assert (tmp_path / "mine.toml").read_text() == "precious"
    for name in ("../evil", "", "a/b", ".hidden", "x" * 100):
        assert "no name" in refused(capsys, "new", name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml"]
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        assert "cannot be written" in refused(capsys, "new", "other")
        tmp_path.chmod(0o700)


def test_preview_refuses_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused(capsys, "preview", "patient-2", "--out", str(tmp_path / "file" / "out"))


def test_an_override_is_named_where_it_is_at_fault() -> None:
    path = PROJECT / "scenarios" / "patient-2.toml"
    with pytest.raises(UserInputError, match=r"limits\.blood_ml: 99 is out of range: from 1 to 40 mL"):
        load_scenario(path, overrides={"limits.blood_ml": 99})
    with pytest.raises(UserInputError, match=r"limits\.blod_ml.*did you mean 'blood_ml'"):
        load_scenario(path, overrides={"limits.blod_ml": 9})


def test_watching_goes_on_after_a_fault_and_ends_in_peace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("format = = 1")
    rounds: list[int] = []

    def saved(paths: list[Path]) -> None:
        assert paths == [file]
        rounds.append(1)
        file.write_text("[limts]\n")
        if len(rounds) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("simulator.scenario.watch.saved", saved)
    assert main(["preview", str(file), "--watch", "--out", str(tmp_path / "out")]) == 0
    err = capsys.readouterr().err
    assert err.index("not TOML") < err.index("limts: unknown key")
    assert not (tmp_path / "out").exists()
