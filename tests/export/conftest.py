"""One recorded session, opened and exported once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.targets import Targets
from simulator.scenario.build import Case
from tests.export.procedure import CANARY_FOLDER, recorded_procedure, scouted_procedure
from tests.recorded import begun
from tests.recorded import finished as finish


@pytest.fixture(scope="session")
def record(own_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a short procedure on patient 2."""
    return recorded_procedure(own_case, tmp_path_factory.mktemp(CANARY_FOLDER) / "session.jsonl")


@pytest.fixture(scope="session")
def finished(record: Path) -> FinishedSession:
    """The same, opened for export."""
    return open_finished_session(record)


@pytest.fixture(scope="session")
def exported(finished: FinishedSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every export of it, in one folder, without the truth."""
    folder = tmp_path_factory.mktemp(CANARY_FOLDER) / "all"
    with staged(Targets(), folder) as places:
        write_exports(finished, places, with_truth=False)
    return folder


@pytest.fixture(scope="session")
def scouted(own_case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[FinishedSession, Path]:
    """Two scouts, scans that were stopped and a press: opened, and every export of it."""
    folder = tmp_path_factory.mktemp("scouted")
    finish(own_case, begun(own_case, folder / "session.jsonl"), scouted_procedure())
    session = open_finished_session(folder / "session.jsonl")
    with staged(Targets(), folder / "all") as places:
        write_exports(session, places, with_truth=False)
    return session, folder / "all"
