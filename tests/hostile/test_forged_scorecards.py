"""Scorecards edited by hand under checksums that fit: cohort, past, comparison and index refuse them or read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.attempts import attempts
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.report.cohort import write_cohort
from simulator.report.comparison import PastAttempt, compare, past_rows
from simulator.report.learners import attempts_in
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from tests.hostile.record_mutants import NASTY, sealed
from tests.own_case import header_of
from tests.unit.report_patient import session_of, tube_phantom, tube_world

PATCH = (c.RemoveStylet(), c.DrawBlood(), c.MixContrast(), c.InjectBlood(volume_ml=3.0), c.Finish())


@pytest.fixture(scope="module")
def treated() -> Any:
    location = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
    return session_of(tube_world(tube_phantom()), (location, c.Advance(distance_mm=34.0), c.PressPedal(), *PATCH))


@pytest.fixture(scope="module")
def card(treated: Any) -> Scorecard:
    return score_procedure(treated.world, treated.events, Rubric(), scenario="tubes-1", operator="tester")


@pytest.fixture(scope="module")
def body(card: Scorecard) -> dict[str, Any]:
    """The scorecard in plain JSON types."""
    return scorecard_to_json(card)


@pytest.fixture
def lines(body: dict[str, Any], card: Scorecard, tmp_path: Path) -> list[dict[str, Any]]:
    """Of a closed record that holds this scorecard."""
    path = tmp_path / "whole.jsonl"
    header = replace(header_of(card), learner="amber", started="2026-01-01T10:00:00+00:00")
    with SessionLog(path, header) as log:
        log.close(scorecard=body)
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a scorecard with one of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [location for key, item in items for location in ((value, key), *places(item))]


def forged(lines: list[dict[str, Any]], rng: np.random.Generator) -> bytes:
    """One value lost, renamed or another, and all checksums made to fit again."""
    lines = json.loads(json.dumps(lines))
    within, key = (found := places({"scorecard": lines[-1]["body"]["scorecard"]}))[int(rng.integers(len(found)))]
    if key == "scorecard":
        within, key = lines[-1]["body"], "scorecard"
    kind = int(rng.integers(4))
    if kind == 0:
        del within[key]
    elif kind == 1 and isinstance(within, dict):
        within[f"{key}_"] = within.pop(key)
    else:
        within[key] = "@@here@@"
    new = NASTY[int(rng.integers(len(NASTY)))]
    texts = [(line["kind"], json.dumps(line["body"]).replace('"@@here@@"', new)) for line in lines]
    return sealed(texts, keep_closing=_is_nasty(texts[-1][1]))


def _is_nasty(text: str) -> bool:
    """Whether the closing line is no JSON that could be sealed."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False


def test_four_hundred_forged_scorecards_break_nothing_that_reads_them(
    lines: list[dict[str, Any]], card: Scorecard, treated: Any, tmp_path: Path
) -> None:
    rng = np.random.default_rng(6)
    path = tmp_path / "cohort" / "one" / "session.jsonl"
    path.parent.mkdir(parents=True)
    summary = summarise(treated.world, treated.events)
    refused = 0
    for _ in range(400):
        path.write_bytes(forged(lines, rng))
        assert len(attempts(path.parents[1])) == 1
        found = attempts_in(path.parents[1])
        write_cohort(found, tmp_path / "cohort.html", title="forged")
        if not found.finished:
            refused += 1
            continue
        (one,) = found.finished
        past_rows([PastAttempt(when=one.when, scenario=one.scenario, card=one.card)], card)
        compare(summary, card, summary, one.card)
    assert 100 < refused < 400


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"score": 101.0}, "scorecard: score"),
        ({"score": "90"}, "scorecard: score"),
        ({"components": {"calm": 0.5}}, "scorecard: components.calm"),
        ({"metrics": [1]}, "scorecard: metrics.0"),
        ({"dose": None}, "scorecard: dose"),
    ],
)
def test_a_scorecard_that_is_none_is_named(
    body: dict[str, Any], card: Scorecard, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = tmp_path / "session.jsonl"
    with SessionLog(path, header_of(card)) as log:
        log.close(scorecard={**body, **change})
    with pytest.raises(UserInputError, match=words):
        read_session(path)
