"""The operator that the page for writers prints runs as it stands there, and treats somebody."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.load import load_scenario
from tests.conftest import PATIENT_2
from tests.written_operator import save_printed, treat


def test_the_printed_operator_treats_patient_2(tmp_path: Path) -> None:
    row = treat(save_printed(tmp_path), load_scenario(PATIENT_2), 11, tmp_path)
    assert row["status"] == "finished"
    assert not row["reason"]
    assert row["success"]
    assert not row["harm"]
