"""A recorded procedure's debrief: whose it is, and what other packages measure of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.report import recording
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary


def reported(case: Case, out: Path, said: list[str]) -> str:
    """The debrief of a learner who did nothing."""
    made = Recording(case, operator="trainee", scenario_path="", out=out, learner="amber", say=said.append)
    made.session.do(c.Finish())
    made.close()
    return made.report().read_text(encoding="utf-8")


def test_the_debrief_names_its_learner_and_holds_user_metrics(
    make_case: Callable[..., Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pauses(summary: ProcedureSummary) -> list[Metric]:
        return [Metric(name="pauses", value=float(len(summary.moves)), unit="")]

    monkeypatch.setattr(recording, "user_metrics", pauses)
    said: list[str] = []
    page = reported(make_case(), tmp_path / "out", said)
    assert said == []
    assert "<dt>learner</dt><dd>amber</dd>" in page
    assert '<th scope="row">pauses</th>' in page


def test_an_own_metric_that_fails_costs_nobody_the_debrief(
    make_case: Callable[..., Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(summary: ProcedureSummary) -> list[Metric]:
        raise UserInputError("metric 'pauses'", "it failed")

    monkeypatch.setattr(recording, "user_metrics", broken)
    said: list[str] = []
    page = reported(make_case(), tmp_path / "out", said)
    assert said == ["metric 'pauses': it failed; the debrief goes without it."]
    assert "Not treated" in page
