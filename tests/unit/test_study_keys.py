"""Keys of a study's runs: code, operator, weights; and the order in which runs are carried out."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from simulator.records.versions import versions
from simulator.strategies.patients import by_person
from simulator.strategies.study_file import load_study
from tests.studies import write_study

OTHER_CODE = "0123456789abcdef"


def test_key_holds_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(write_study(tmp_path))
    before = {trial.key for trial in study.trials()}
    known = versions()
    monkeypatch.setattr("simulator.strategies.study.versions", lambda: {**known, "source": OTHER_CODE})
    assert not before & {trial.key for trial in study.trials()}


def test_a_sibling_of_an_operator_is_part_of_its_run(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    before = {trial.key for trial in load_study(path).trials()}
    (tmp_path / "helper.py").write_text("DEPTH_MM = 40.0\n")
    assert not before & {trial.key for trial in load_study(path).trials()}


@pytest.mark.parametrize("name", ["weights.npz", "policy.pt", "numbers.bin", "layers/__init__.py", "layers/deep.onnx"])
def test_weights_and_packages_of_an_operator_are_part_of_its_run(tmp_path: Path, name: str) -> None:
    path, file = write_study(tmp_path), tmp_path / name
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch() if file.parent != tmp_path else None
    file.write_bytes(b"one")
    before = {trial.key for trial in load_study(path).trials()}
    file.write_bytes(b"two")
    assert not before & {trial.key for trial in load_study(path).trials()}


@pytest.mark.parametrize("name", ["notes.md", "journal.jsonl", "table.csv", "out/weights.npz", ".hidden", "other.toml"])
def test_what_a_study_is_read_from_and_writes_is_no_part_of_an_operator(tmp_path: Path, name: str) -> None:
    path, file = write_study(tmp_path), tmp_path / name
    before = {trial.key for trial in load_study(path).trials()}
    file.parent.mkdir(exist_ok=True)
    file.write_text("something\n")
    assert before == {trial.key for trial in load_study(path).trials()}


def test_runs_of_one_person_are_carried_out_one_after_another(tmp_path: Path) -> None:
    path = write_study(
        tmp_path, operators='operators = ["idle.py:Idle", "never-press"]', scenarios='scenarios = ["varied"]'
    )
    trials = load_study(path).trials()
    carried = by_person(trials)
    assert sorted(one.key for one in carried) == sorted(one.key for one in trials)
    people = [json.dumps(one.resolved["patient"]) for one in carried]
    assert len(set(people)) == 2, "each seed draws another patient"
    assert sum(a != b for a, b in pairwise(people)) == 1, "no person comes back after another"
