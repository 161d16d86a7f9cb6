"""Forged records: another rubric, case, seed, score, image or label under seals that fit is told."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records import recheck
from simulator.records.replay import rerun, verify
from simulator.records.session_reader import read_session
from simulator.report.learners import attempts_in
from simulator.scenario.build import Case
from simulator.scenario.load import load_scenario
from simulator.scenario.rubric_schema import apply_rubric_changes
from tests.golden.present_patient import of_present_patient
from tests.golden.sessions import read_golden
from tests.hostile.forged_records import FORGERIES, ForgeryJudge, forged, tally
from tests.recorded import begun, finished, one_press


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case(seed=3, hands="default")


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A closed record with one image."""
    return one_press(case, tmp_path_factory.mktemp("whole") / "session.jsonl")


@pytest.fixture
def judge(case: Case, whole: bytes, tmp_path: Path) -> ForgeryJudge:
    path = tmp_path / "session.jsonl"
    path.write_bytes(whole)
    return ForgeryJudge(path, case)


@pytest.mark.parametrize("count", [33, pytest.param(500, marks=pytest.mark.slow)])
def test_every_forgery_is_told(judge: ForgeryJudge, whole: bytes, count: int) -> None:
    found = tally(judge, whole, count, seed=21)
    assert {kind: counted["believed"] for kind, counted in found.items()} == dict.fromkeys(FORGERIES, 0)


@pytest.mark.parametrize("other_versions", [False, True])
@pytest.mark.parametrize("kind", ["rubric", "rubric, and the case's changes of it", "version of the rubric", "seed"])
def test_no_cohort_takes_another_rubric_case_or_seed(
    whole: bytes, tmp_path: Path, kind: str, other_versions: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one" / "session.jsonl"
    path.parent.mkdir()
    rng = np.random.default_rng(5)
    monkeypatch.setattr(recheck, "nothing_earlier", contextlib.nullcontext)  # patients are not built from nothing here
    for _ in range(1 if kind == "seed" else 6):
        path.write_bytes(forged(whole, kind, rng, other_versions=other_versions))
        found = attempts_in(tmp_path, verify=kind == "seed")
        assert found.finished == ()
        assert len(found.left_out) == 1


def test_a_run_of_one_case_is_not_that_of_another(whole: bytes, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(whole)
    record = read_session(path)
    session = rerun(record, case)
    for name, words in (("patient-3", "is not the case 'patient-3'"), ("final-exam", "is the case 'patient-2'")):
        other = replace(record, header=replace(record.header, scenario=name))
        found = verify(other, case, session)
        assert found.grade == "refused"
        assert words in str(found.difference)


def test_a_case_of_ones_own_is_a_claim_or_is_held_against_its_file(
    make_case: Callable[..., Case], tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'format = 1\ntitle = "Mine"\nextends = "patient-2"\n[limits]\nminutes = 50.0\n[rubric]\nnear_dura_mm = 20.0\n'
    )
    file = load_scenario(own)
    scenario = file.scenario_for(1)
    rubric = apply_rubric_changes(scenario.rubric)
    case = replace(make_case(hands="default"), name="own", scenario=scenario, rubric=rubric)
    session = begun(case, tmp_path / "session.jsonl")
    finished(case, session, [c.Wait(duration_s=2.0), c.Finish()])
    record = read_session(tmp_path / "session.jsonl")
    claims = verify(record, case, rerun(record, case)).claims
    assert "that its case is called 'own'" in claims
    assert "that its case is scored with numbers of its own (near_dura_mm)" in claims
    held = verify(record, case, rerun(record, case), file=file)
    assert held.grade == "exact"
    assert not any("case" in claim for claim in held.claims)
    own.write_text(own.read_text().replace("50.0", "55.0"))
    edited = verify(record, case, rerun(record, case), file=load_scenario(own))
    assert edited.grade == "refused"
    assert "limits" in str(edited.difference)


def test_the_score_of_an_earlier_rubric_is_shown_as_a_claim(
    patient_2: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "nothing_earlier", contextlib.nullcontext)
    kept = tmp_path / "session.jsonl"
    kept.write_bytes(of_present_patient(3, patient_2.world.phantom.identity))
    main(["replay", str(kept), "--verify"])
    err = capsys.readouterr().err
    assert "score 0.0, by rubric 1" in err
    assert "events and score agree" not in err


def test_golden_sessions_are_of_the_cases_that_they_name() -> None:
    from simulator.records.case_check import case_difference

    for name in ("patient-2-autopilot-1", "varied-autopilot-7", "real-ct-autopilot-1", "script-beam"):
        assert case_difference(read_golden(name)) is None


def test_labels_of_a_card_must_be_those_of_its_header(whole: bytes, tmp_path: Path) -> None:
    from tests.hostile.record_mutants import sealed

    path = tmp_path / "session.jsonl"
    for label, value in (("scenario", "patient-3"), ("seed", 4), ("hands", "exact"), ("operator", "x")):
        lines = [json.loads(line) for line in whole.splitlines()]
        lines[-1]["body"]["scorecard"][label] = value
        path.write_bytes(sealed([(line["kind"], json.dumps(line["body"])) for line in lines], keep_closing=False))
        with pytest.raises(UserInputError, match="is not that of the header"):
            read_session(path)
