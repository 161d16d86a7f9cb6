"""One recorded session, opened and exported once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.targets import Targets
from simulator.scenario.build import Case, build_case
from tests.conftest import PATIENT_2
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
def limited_case(own_case: Case) -> Case:
    """The same case, whose scanner has notification and alert values that a planning scan passes."""
    values = {"dose_notification_ctdi_vol_mgy": 0.5, "dose_notification_dlp_mgy_cm": 5.0, "dose_alert_dlp_mgy_cm": 8.0}
    scanner = own_case.scenario.scanner.model_copy(update=values)
    scenario = own_case.scenario.model_copy(update={"scanner": scanner})
    place = {"location": str(PATIENT_2), "folder": PATIENT_2.parent}
    return build_case(scenario, name=own_case.name, seed=own_case.world.root_seed, **place)


@pytest.fixture(scope="session")
def scouted(limited_case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[FinishedSession, Path]:
    """Two scouts, scans that were stopped, a press and values of the dose check: opened, and every export of it."""
    folder = tmp_path_factory.mktemp("scouted")
    finish(limited_case, begun(limited_case, folder / "session.jsonl"), scouted_procedure())
    session = open_finished_session(folder / "session.jsonl")
    with staged(Targets(), folder / "all") as places:
        write_exports(session, places, with_truth=False)
    return session, folder / "all"
