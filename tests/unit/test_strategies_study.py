"""Studies: the same numbers however they are run, nothing lost or done twice, every row to be had again."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from simulator.cli import main
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.records.session_reader import read_session
from simulator.scenario.build import Case
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.strategies.bench import RunOptions, StudyFolder, run_study
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.outcome_row import Row
from simulator.strategies.patients import Patients
from simulator.strategies.study import Trial
from simulator.strategies.study_file import load_study
from simulator.strategies.summary import group_rows, label_point
from simulator.strategies.summary_page import markdown
from simulator.strategies.sweep import on_dask, take_shard
from simulator.strategies.trial import run_trial
from tests.conftest import PATIENT_2, PROJECT
from tests.studies import IDLE, write_study

ROW: Row = {
    "key": "a", "scenario": "patient-2", "operator": "autopilot", "seed": 1, "success": False, "dural_puncture": False,
    "score": 1.5, "dlp_total_mgy_cm": 1.0, "dlp_guidance_mgy_cm": 0.5, "levels_reached": 0.0, "seal_probability": 0.0,
    "relief": False, "ctf_images": 0, "state_digest": "0" * 64,
}  # fmt: skip


def here(trials: Sequence[Trial]) -> Iterator[Row]:
    """Carries runs out in this process."""
    for trial in trials:
        yield run_trial(trial)["row"]


def done(path: Path, folder: StudyFolder, *, resume: bool = False, **chosen: Any) -> dict[str, Any]:
    options = RunOptions(resume=resume, **chosen)
    return run_study(load_study(path), folder, options=options, carry=here, told=lambda done, runs: None)


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def test_shipped_study_is_the_one_that_the_page_describes() -> None:
    study = load_study(PROJECT / "scenarios" / "studies" / "dose-accuracy.toml")
    loads = [p["scanner.preset_tube_current_ma"] * p["scanner.preset_rotation_s"] for p in map(dict, study.points)]
    assert min(loads) == pytest.approx(2.5)
    assert max(loads) == pytest.approx(80.0)
    assert len(study.operators) == 3
    assert len(study.seeds) >= 40
    assert {trial.scenario for trial in study.trials()} == {"patient-2"}


def test_grid_is_every_point_with_every_value_and_the_same_seeds(tmp_path: Path) -> None:
    grid = """[grid]
"limits.blood_ml" = [8.0, 16.0]
scanner.planning_mas = [20.0, 50.0]
[[grid.points]]
"scanner.preset_tube_current_ma" = 10.0
scanner.preset_rotation_s = 0.5
[[grid.points]]
"scanner.preset_tube_current_ma" = 100.0
scanner.preset_rotation_s = 0.8"""
    study = load_study(write_study(tmp_path, grid=grid, seeds="seeds = { first = 3, last = 5 }"))
    trials = study.trials()
    assert len(study.points) == 8
    assert len(trials) == len({trial.key for trial in trials}) == 24
    for point in study.points:
        mine = [trial for trial in trials if trial.point == point]
        assert [trial.seed for trial in mine] == [3, 4, 5]
        wanted = dict(point)
        console = mine[0].resolved["scanner"]
        assert console["preset_tube_current_ma"] == wanted["scanner.preset_tube_current_ma"]
        assert console["preset_rotation_s"] == wanted["scanner.preset_rotation_s"]
        assert console["planning_mas"] == wanted["scanner.planning_mas"]
        assert mine[0].resolved["limits"]["blood_ml"] == wanted["limits.blood_ml"]


def test_key_names_all_that_a_run_depends_on(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    before = [trial.key for trial in load_study(path).trials()]
    assert before == [trial.key for trial in load_study(path).trials()]
    (tmp_path / "idle.py").write_text(IDLE + "\n# edited\n")
    edited = [trial.key for trial in load_study(path).trials()]
    assert not set(edited) & set(before)
    more_seeds = [trial.key for trial in load_study(write_study(tmp_path, seeds="seeds = 3")).trials()]
    assert set(before) < set(more_seeds)
    other_grid = write_study(tmp_path, grid='[grid]\n"scanner.preset_tube_current_ma" = [10.0, 31.0]')
    assert len(set(before) & {trial.key for trial in load_study(other_grid).trials()}) == 2


def test_shards_are_disjoint_whole_and_merge_without_a_run(tmp_path: Path) -> None:
    path, out = write_study(tmp_path, seeds="seeds = [5, 7, 9]"), tmp_path / "out"
    study = load_study(path)
    parts = [take_shard(study.trials(), number, 4) for number in (1, 2, 3, 4)]
    assert sorted(trial.key for part in parts for trial in part) == sorted(trial.key for trial in study.trials())
    counts = [done(path, StudyFolder(path=out, shard=(number, 4)))["run_now"] for number in (1, 2, 3, 4)]
    assert counts == [2, 2, 1, 1]
    merged = done(path, StudyFolder(path=out), resume=True)
    assert (merged["found_done"], merged["run_now"]) == (6, 0)
    alone = done(path, StudyFolder(path=tmp_path / "alone"))
    assert alone["run_now"] == 6
    assert (out / "table.csv").read_bytes() == (tmp_path / "alone" / "table.csv").read_bytes()


def test_tables_agree_and_rows_say_what_was_run(tmp_path: Path) -> None:
    path, out = write_study(tmp_path), tmp_path / "out"
    done(path, StudyFolder(path=out))
    rows = rows_of(out / "table.csv")
    parquet = pyarrow.parquet.read_table(out / "table.parquet").to_pylist()
    assert len(rows) == len(parquet) == 4
    for row, twin in zip(rows, parquet, strict=True):
        assert list(row) == list(twin)
        assert row["scenario"] == "patient-2"
        assert row["operator"] == "idle.py:Idle"
        assert float(row["scanner.preset_tube_current_ma"]) == twin["scanner.preset_tube_current_ma"] in (10.0, 30.0)
        assert row["compartment"] == ""
        assert twin["compartment"] is None
        assert twin["success"] is False
        assert "not treated" in row["cap_reason"]
        assert float(row["procedure_s"]) == 30.0
        assert "numba=" in row["versions"]
    assert len({row["state_digest"] for row in rows}) == 2  # two seeds; nothing was imaged, so the grid says nothing


def test_journal_survives_a_torn_line_and_names_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(ROW)
        journal.append({**ROW, "key": "b"})
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"key":"c","sco')
    assert set(read_journal(path)) == {"a", "b"}
    with Journal(path):
        assert path.read_bytes() == whole
    path.write_bytes(whole.replace(b'"key":"a"', b"XX", 1))
    said: list[str] = []
    assert set(read_journal(path, say=said.append)) == {"b"}
    assert "journal.jsonl:1: " in said[0]
    assert "done again" in said[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_told_and_no_defect(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").symlink_to("/dev/full")
    with (
        pytest.raises(UserInputError, match="this is no ordinary file"),
        Journal(tmp_path / "journal.jsonl") as journal,
    ):
        journal.append({"key": "a"})


def test_dask_gives_the_same_rows(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    trials = load_study(write_study(tmp_path)).trials()
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
    with cluster:
        rows = {row["key"]: row for row in on_dask(trials, cluster.scheduler_address)}
    assert rows == {trial.key: run_trial(trial)["row"] for trial in trials}


def test_summary_pairs_seeds_with_the_first_point(tmp_path: Path) -> None:
    study = replace(load_study(write_study(tmp_path, seeds="seeds = 4")), operators=("a", "b"))
    (low, high), rows = study.points, []
    outcomes = {
        ("a", low): (10.0, [1, 0, 0, 0]),
        ("a", high): (40.0, [0, 1, 1, 1]),
        ("b", low): (20.0, [0, 0, 0, 0]),
        ("b", high): (80.0, [1, 1, 1, 0]),
    }
    for (operator, point), (dlp, successes) in outcomes.items():
        for seed, success in zip(study.seeds, successes, strict=True):
            rows.append(
                {"scenario": "patient-2", "operator": operator, **dict(point), "seed": seed, "success": bool(success)}
                | {"dural_puncture": not success, "dlp_total_mgy_cm": dlp + seed, "dlp_guidance_mgy_cm": 1.0}
                | {"ctf_images": 3, "score": 50.0, "dural_margin_mm": 0.5 * seed if success else None}
                | {"levels_reached": 4.0 * success, "seal_probability": 0.8, "relief": bool(success)}
                | {"relapse_day": 3 if seed == 4 else None, "safe_success": bool(success), "harm": not success}
                | {"procedure_s": 600.0, "status": "finished"}
            )
    groups = group_rows(study, rows)
    counted = [(g.operator, g.outcome.success.count, g.outcome.puncture.count) for g in groups]
    assert [(*one, g.paired.gained, g.paired.lost) for one, g in zip(counted, groups, strict=True)] == [
        ("a", 1, 3, 0, 0),
        ("a", 3, 1, 3, 1),
        ("b", 0, 4, 0, 0),
        ("b", 3, 1, 3, 0),
    ]
    assert [g.on_front for g in groups] == [True, True, False, False]
    assert groups[1].cost.dlp_mgy_cm.value == 42.5
    assert [g.outcome.median_margin_mm for g in groups] == [0.5, 1.5, None, 1.0]
    assert "75 % (30-95)" in markdown(study, groups)
    assert [g.outcome.median_levels for g in groups] == [4.0, 4.0, None, 4.0]
    assert [g.outcome.cure.count for g in groups] == [1, 2, 0, 3]
    assert "80 % | 50 % (15-85)" in markdown(study, groups)


def test_a_point_is_named_by_what_is_set_and_not_by_what_follows_from_it() -> None:
    point = (("leak.level", "L1/2"), ("leak.needle_levels", ["L1/2"]), ("text.request", "A patch, please."))
    assert label_point(point, {key for key, _ in point}) == "level L1/2"
    assert label_point((("scanner.tube_currents_ma", [5.0]),), {"scanner.tube_currents_ma"}) == "tube_currents_ma [5.0]"


def bench(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(PROJECT / "run_sim.py"), "bench", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False, **options)


def test_killed_study_goes_on_and_gives_what_two_workers_give(tmp_path: Path) -> None:
    """One worker, killed after its second row and gone on with, against two workers undisturbed."""
    path = write_study(
        tmp_path, operators='operators = ["loss-of-resistance", "idle.py:Idle"]', seeds="seeds = 3", grid=""
    )
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    result = bench(str(path), "--workers", "2", "--out", str(whole), "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["run_now"] == 6
    line = [sys.executable, str(PROJECT / "run_sim.py"), "bench", str(path), "--workers", "1", "--out", str(cut)]
    running = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = cut / "journal.jsonl"
    while running.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < 2):
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = read_journal(journal)
    assert 2 <= len(kept) < 6
    with journal.open("a") as file:
        file.write('{"key":"torn')
    assert bench(str(path), "--out", str(cut)).returncode == 2  # never over what is there
    result = bench(str(path), "--workers", "1", "--out", str(cut), "--resume", "--json")
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert (said["found_done"], said["run_now"]) == (len(kept), 6 - len(kept))
    assert journal.read_bytes().count(b"\n") == 6
    assert (cut / "table.csv").read_bytes() == (whole / "table.csv").read_bytes()


def test_patient_is_built_once_and_never_mistaken_for_another(tmp_path: Path) -> None:
    patients, file = Patients(), load_scenario(PATIENT_2)
    other = load_scenario(PATIENT_2, overrides={"limits.blood_ml": 8.0})

    def admit(scenario: ScenarioFile, seed: int) -> tuple[Case, Session]:
        return patients.admit(
            scenario.scenario_for(seed), name="x", seed=seed, location="x", folder=scenario.path.parent
        )

    (first, one), (second, two) = admit(file, 1), admit(other, 2)
    assert second.world.phantom is first.world.phantom
    assert one._scanner is two._scanner is not None
    assert (first.world.settings.prescribed_volume_ml, second.world.settings.prescribed_volume_ml) == (16.0, 8.0)
    assert (first.world.root_seed, second.world.root_seed) == (1, 2)
    drawn = load_scenario(PATIENT_2, overrides={"leak.side": "left"})
    third, three = admit(drawn, 1)
    assert third.world.phantom.leak.side == "left"
    assert first.world.phantom.leak.side == "right"
    assert three._scanner is not one._scanner


def test_one_row_is_run_again_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write_study(tmp_path), tmp_path / "out"
    done(path, StudyFolder(path=out))
    row = rows_of(out / "table.csv")[2]
    line = ["bench", str(path), "--only", row["key"], "--out", str(out), "--json"]
    assert main(line) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["agrees"] is True
    assert again["row"]["state_digest"] == row["state_digest"]
    journal = out / "journal.jsonl"
    known = read_journal(journal)
    journal.unlink()
    with Journal(journal) as rewritten:
        for other in known.values():
            rewritten.append({**other, "state_digest": "0" * 64} if other["key"] == row["key"] else other)
    assert main(line) == 2
    assert "differs" in capsys.readouterr().err
    assert main(["bench", str(path), "--only", "zz", "--out", str(out)]) == 2
    assert "no run" in capsys.readouterr().err


OTHER_CODE = "0123456789abcdef"


def of_other_code(journal: Path) -> None:
    """Make a journal's rows those of another state of the code, as an earlier version left them."""
    rows = list(read_journal(journal).values())
    journal.unlink()
    with Journal(journal) as written:
        for number, row in enumerate(rows):
            written.append(row | {"key": f"{number:016x}", "code": OTHER_CODE})


def test_rows_of_other_code_are_refused_or_where_asked_marked(tmp_path: Path) -> None:
    path, out = write_study(tmp_path), tmp_path / "out"
    done(path, StudyFolder(path=out))
    of_other_code(out / "journal.jsonl")
    before = (out / "journal.jsonl").read_bytes()
    with pytest.raises(UserInputError, match=f"4 rows are of another state of the code .*{OTHER_CODE}"):
        done(path, StudyFolder(path=out), resume=True)
    assert (out / "journal.jsonl").read_bytes() == before
    more = write_study(tmp_path, seeds="seeds = 3")
    mixed = done(more, StudyFolder(path=out), resume=True, mix=True)
    assert (mixed["found_done"], mixed["run_now"]) == (4, 2)
    rows = rows_of(out / "table.csv")
    assert [row["mixed_code"] for row in rows] == ["True", "True", "False"] * 2
    assert [row["code"] == OTHER_CODE for row in rows] == [True, True, False] * 2


def test_a_folder_of_another_study_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path, out = write_study(tmp_path, grid=""), tmp_path / "out"
    done(path, StudyFolder(path=out))
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    other = write_study(tmp_path, grid="", operators='operators = ["never-press"]')
    with pytest.raises(UserInputError, match=r"2 rows are of another study \(idle.py:Idle on patient-2\)"):
        done(other, StudyFolder(path=out), resume=True)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


FAILING = """
import random
from simulator.interface.commands import Finish, Wait

class Raises:
    def __call__(self, view):
        raise ValueError("no idea")

class Wanders:
    def __call__(self, view):
        return Finish() if view.elapsed_ms else Wait(duration_s=1.0 + 9.0 * random.random())
"""


def test_a_bad_operator_ends_as_rows_beside_those_of_a_good_one(tmp_path: Path) -> None:
    names = 'operators = ["idle.py:Idle", "bad.py:Raises", "bad.py:Wanders"]'
    path, out = write_study(tmp_path, operators=names, grid=""), tmp_path / "out"
    (tmp_path / "bad.py").write_text(FAILING)
    result = done(path, StudyFolder(path=out))
    rows = rows_of(out / "table.csv")
    assert [row["status"] for row in rows] == ["finished"] * 2 + ["raised"] * 2 + ["not repeatable", "finished"]
    assert "bad.py:7: Raises, asked for command 1, raised ValueError: no idea" in rows[2]["reason"]
    assert "command 1 was Wait" in rows[4]["reason"]
    assert [row["commands_repeated"] for row in rows] == ["True", "", "True", "", "False", ""]
    assert [(bad["operator"], bad["runs"]) for bad in result["ended_badly"]] == [
        ("bad.py:Raises", 2),
        ("bad.py:Wanders", 1),
    ]
    assert "| bad.py:Raises |" in (out / "summary.md").read_text()


def test_an_operator_that_is_gone_when_its_turn_comes_is_a_row(tmp_path: Path) -> None:
    path, out = write_study(tmp_path, operators='operators = ["idle.py:Idle"]', grid=""), tmp_path / "out"

    def carry(trials: Sequence[Trial]) -> Iterator[Row]:
        (tmp_path / "idle.py").unlink()
        yield from (run_trial(trial)["row"] for trial in trials)

    run_study(load_study(path), StudyFolder(path=out), options=RunOptions(), carry=carry, told=lambda done, of: None)
    rows = rows_of(out / "table.csv")
    assert {row["status"] for row in rows} == {"raised"}
    assert all("there is no such file" in row["reason"] for row in rows)


def test_records_and_scorecards_are_kept_where_asked(tmp_path: Path) -> None:
    path, out = write_study(tmp_path, grid=""), tmp_path / "out"
    done(path, StudyFolder(path=out), keep_records=True)
    for row in rows_of(out / "table.csv"):
        folder = out / "records" / row["key"]
        record = read_session(folder)
        assert record.closing is not None
        assert record.closing.digest == row["state_digest"]
        assert json.loads((folder / "scorecard.json").read_text())["score"] == float(row["score"])
        assert record.header.seed == int(row["seed"])
