"""`extends`: tables merge by key, the rest replaces; and the lines that messages point to."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.field_error import names
from simulator.scenario.load import load_scenario
from simulator.scenario.toml_positions import find_positions


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_tables_merge_lists_replace_and_the_nearest_file_wins(tmp_path: Path) -> None:
    written(
        tmp_path / "base.toml",
        'extends = "patient-2"\n[leak]\nzones = ["dorsal"]\n[limits]\nblood_ml = 12\nminutes = 30\n'
        "[rubric]\ntime_min = { expert = 2, poor = 9 }\nroom_min = { expert = 1, poor = 9 }\n",
    )
    top = written(
        tmp_path / "top.toml",
        'extends = "base.toml"\ntitle = "top"\n[limits]\nblood_ml = { uniform = [5, 6] }\n'
        "[rubric]\ntime_min = { poor = 5 }\n",
    )
    file = load_scenario(top)
    scenario = file.scenario_for(1)
    assert (file.title, scenario.title) == ("top", "top")
    assert [path.name for path in file.files] == ["top.toml", "base.toml", "patient-2.toml"]
    assert scenario.leak.zones == ["dorsal"]
    assert scenario.leak.side == "right"
    assert 5.0 <= scenario.limits.blood_ml <= 6.0
    assert scenario.limits.minutes == 30.0
    needle, room = scenario.rubric.time_min, scenario.rubric.room_min
    assert needle is not None
    assert room is not None
    assert (needle.expert, needle.poor, room.poor) == (2.0, 5.0, 9.0)


def test_a_range_replaces_a_range_of_another_kind(tmp_path: Path) -> None:
    written(tmp_path / "base.toml", 'extends = "patient-2"\n[limits]\nblood_ml = { choice = [5, 6] }\n')
    top = written(tmp_path / "top.toml", 'extends = "base.toml"\n[limits]\nblood_ml = { uniform = [10, 12] }\n')
    assert 10.0 <= load_scenario(top).scenario_for(1).limits.blood_ml <= 12.0


def test_another_patient_drops_what_was_said_of_the_first(tmp_path: Path) -> None:
    top = written(tmp_path / "a.toml", 'extends = "slim"\n[patient]\nct = "lumbopelvic-3mm"\n')
    patient = load_scenario(top).scenario_for(1).patient
    assert (patient.phantom, patient.ct, patient.changes()) == (None, "lumbopelvic-3mm", {})
    top = written(tmp_path / "b.toml", 'extends = "real-ct"\n[patient]\nphantom = "patient-7"\n')
    patient = load_scenario(top).scenario_for(1).patient
    assert (patient.phantom, patient.ct) == ("patient-7", None)


def test_the_folder_of_a_ct_is_found_from_the_file_that_names_it(tmp_path: Path) -> None:
    written(tmp_path / "cases" / "patients" / "own" / "patient.toml", "seed = 1\nsac_scale = 1.0\n[myelogram]\n")
    written(tmp_path / "cases" / "base.toml", 'extends = "patient-2"\n[patient]\nct = "patients/own"\n')
    top = written(tmp_path / "course" / "top.toml", 'extends = "../cases/base.toml"\n')
    ct = load_scenario(top).scenario_for(1).patient.ct
    assert ct is not None
    assert (top.parent / ct / "patient.toml").is_file()


def test_lines_of_keys_are_those_of_the_text() -> None:
    text = "\n".join(
        [
            'title = "a [leak]"  # level = 1',
            "[leak]",
            'level = "L3/4"',
            "zones = [",
            '  "dorsal",  # side = 2',
            "  'lateral',",
            "]",
            'side = "left"',
            "[text]",
            'request = """',
            "level = 3",
            "[limits]",
            '"""',
            "'a key' = 1",
            '["myelogram"]',
            "puncture_site.level = 'L4/5'",
            "[rubric.presses]",
            "poor = 3",
        ]
    )
    lines = {keys: line for keys, line in find_positions(text).lines.items() if names(keys) == keys}
    assert lines == {
        ("title",): 1,
        ("leak",): 2,
        ("leak", "level"): 3,
        ("leak", "zones"): 4,
        ("leak", "side"): 8,
        ("text",): 9,
        ("text", "request"): 10,
        ("text", "a key"): 14,
        ("myelogram",): 15,
        ("myelogram", "puncture_site"): 16,
        ("myelogram", "puncture_site", "level"): 16,
        ("rubric", "presses"): 17,
        ("rubric", "presses", "poor"): 18,
    }
