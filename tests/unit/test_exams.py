"""Examinations: seeds of their own, so many attempts, and a report that waits for the teacher."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.cli.admission import admitted_seed, ask_about, choose_case
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records import attempts as index
from simulator.report.recording import WITHHELD, Recording
from simulator.scenario.case import Case
from simulator.scenario.difficulty import difficulty_of
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scoring.rubric import Rubric
from tests.unit.report_patient import tube_phantom, tube_world

EXAM = 'format = 1\nextends = "patient-2"\n[exam]\nseeds = [4, 5]\nattempts = 1\n'


@pytest.fixture
def exam(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "exam.toml").write_text(EXAM)
    return load_scenario(tmp_path / "exam.toml")


def case_of(file: ScenarioFile, name: str = "exam") -> Case:
    return Case(name=name, scenario=file.scenario_for(4), world=tube_world(tube_phantom()), rubric=Rubric())


def test_an_examination_has_seeds_of_its_own_and_one_attempt(exam: ScenarioFile, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    seed = admitted_seed(exam, "ann", None, sessions)
    assert seed in (4, 5)
    assert admitted_seed(exam, "ann", None, sessions) == seed
    with pytest.raises(UserInputError, match="other seeds"):
        admitted_seed(exam, "ann", 9, sessions)
    with pytest.raises(UserInputError, match="name one with --learner"):
        admitted_seed(exam, None, None, sessions)
    recording = Recording(
        case_of(exam), operator="trainee", scenario_path="exam.toml", out=sessions / "ann" / "exam-4", learner="ann"
    )
    recording.leave()
    assert [one.learner for one in index.attempts(sessions)] == ["ann"]
    with pytest.raises(UserInputError, match="ann has made 1 of 1 attempts"):
        admitted_seed(exam, "ann", None, sessions)
    assert admitted_seed(exam, "bob", None, sessions) in (4, 5)
    usual = load_scenario(Path("patient-2"))
    assert admitted_seed(usual, None, None, sessions) == 1
    assert admitted_seed(usual, "ann", 7, sessions) == 7


@pytest.mark.parametrize(("learner", "withheld"), [("ann", True), (None, False)])
def test_score_and_truth_of_a_learners_examination_wait_for_the_teacher(
    learner: str | None, withheld: bool, exam: ScenarioFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording(
        case_of(exam), operator="trainee", scenario_path="exam.toml", out=tmp_path / "out", learner=learner
    )
    recording.session.do(c.Finish())
    recording.close()
    assert recording.folder.card.exists() is not withheld
    if withheld:
        assert recording.report().read_text() == WITHHELD
        assert main(["report", str(tmp_path / "out")]) == 2
        assert "the teacher gives --release" in capsys.readouterr().err


def test_help_has_no_place_in_an_examination(tmp_path: Path) -> None:
    (tmp_path / "exam.toml").write_text(EXAM + "[help]\nideal_images = true\n")
    with pytest.raises(UserInputError, match=r"exam\.toml:7: help\.ideal_images: an examination has no help"):
        load_scenario(tmp_path / "exam.toml")


def test_a_course_gives_its_next_case_with_the_learners_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = argparse.Namespace(scenario=Path("first-lumbar"), learner="ann", seed=None, resume=None)
    choose_case(asked)
    assert asked.scenario.stem == "slim"
    assert asked.seed is not None
    assert "patient-2" in capsys.readouterr().out
    with pytest.raises(UserInputError, match="name one with --learner"):
        choose_case(argparse.Namespace(scenario=Path("first-lumbar"), learner=None, seed=None, resume=None))
    usual = argparse.Namespace(scenario=Path("obese"), learner=None, seed=None, resume=None)
    choose_case(usual)
    assert usual.scenario == Path("obese")


def test_a_pseudonym_that_was_never_added_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CTFSIM_LEARNERS", str(tmp_path / "names.json"))
    ask_about(None)
    assert capsys.readouterr().err == ""
    ask_about("ann")
    assert "ann was never added" in capsys.readouterr().err

    class Terminal:
        def __init__(self, answer: str) -> None:
            self.answer = answer

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return self.answer

    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ask_about("ann")
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    with pytest.raises(UserInputError, match="add the learner"):
        ask_about("ann")


def test_a_later_session_is_a_case_of_its_own() -> None:
    first, second = (load_scenario(Path("two-sessions"), stage=stage) for stage in (1, 2))
    assert (first.name, second.name) == ("two-sessions", "two-sessions-session-2")
    one, two = first.scenario_for(1), second.scenario_for(1)
    assert (one.leak.level, two.leak.level) == ("L5/S1", "L4/5")
    assert (one.limits.blood_ml, two.limits.blood_ml) == (10.0, 6.0)
    assert one.patient == two.patient
    assert "two days after" in two.text.request
    with pytest.raises(UserInputError, match="this case has 2 sessions, and no session 3"):
        load_scenario(Path("two-sessions"), stage=3)


def test_a_drawn_patient_beyond_a_bound_is_drawn_anew(tmp_path: Path) -> None:
    base = 'format = 1\nextends = "varied"\n[patient]\nbmi_kg_per_m2 = { uniform = [18, 36] }\n'
    (tmp_path / "free.toml").write_text(base)
    (tmp_path / "deep.toml").write_text(base + "[reject_if]\ndepth_mm_below = 52\n")
    (tmp_path / "none.toml").write_text('format = 1\nextends = "patient-2"\n[reject_if]\ndepth_mm_below = 150\n')
    free, deep = (load_scenario(tmp_path / f"{name}.toml") for name in ("free", "deep"))
    depths = [difficulty_of(file.scenario_for(3)) for file in (free, deep)]
    assert depths[1] is not None
    assert depths[1].depth_mm >= 52.0
    assert deep.scenario_for(3) == deep.scenario_for(3)
    with pytest.raises(UserInputError, match=r"seed 1\): reject_if: no patient of 1 draws is within the bounds"):
        load_scenario(tmp_path / "none.toml").scenario_for(1)
