"""The procedures that pairs are made of: records of the autopilot, one for each of six people."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from simulator.records.rebuild import rebuild_case
from simulator.records.replay import rerun
from simulator.records.session_reader import read_session
from tests.scoring.edits import Procedure

BASES = Path(__file__).parent / "bases"

PEOPLE = {
    "patient-2": (),
    "patient-4": pytest.mark.slow,
    "patient-7": pytest.mark.slow,
    "thoracic-oblique": pytest.mark.slow,
    "patient-3": pytest.mark.slow,
    "false-leak": pytest.mark.slow,
}
"""Lumbar, neck, two foramina, thorax, and a lumbar spine with contrast that is no leak."""


@pytest.fixture(scope="package", params=[pytest.param(name, marks=marks) for name, marks in PEOPLE.items()])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Procedure:
    """A procedure that went well."""
    path = tmp_path_factory.mktemp("base") / "session.jsonl"
    path.write_bytes(gzip.decompress((BASES / f"{request.param}.jsonl.gz").read_bytes()))
    record = read_session(path)
    case = rebuild_case(record)
    return Procedure(case.world, tuple(rerun(record, case).events))
