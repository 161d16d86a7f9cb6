"""Whole cases by mouse alone, by keyboard alone, by gamepad alone: from the first screen to the debrief."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pygame
import pytest

from simulator.cli.start_library import StartLibrary
from simulator.gui.app import App
from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
from simulator.interface.commands import LookAt
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from tests.conftest import PATIENT_2
from tests.gui import whole_case
from tests.gui.devices import DEVICES, EVENTS_OF, Window
from tests.gui.scripted import Scripted

COMMANDS = {
    "PositionPatient", "TimeOut", "AcquireMyelogram", "MarkLeak", "PlaceSkinGrid", "AcquirePlanningScan",
    "PlanPath", "LayArmLine", "PrepareSkin", "InjectLocalAnaesthetic", "PlaceNeedle", "Advance", "RotateBevel",
    "PressPedal", "ReleasePedal", "RemoveStylet", "Aspirate", "DrawBlood", "MixContrast", "InjectContrast",
    "InjectBlood", "StopInjection", "Withdraw", "AcquireControlScan", "AskPatient", "OrderAftercare", "Finish",
}  # fmt: skip


def played(name: str, open_case: Any, out: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """A window in which one device has treated a patient."""
    monkeypatch.setattr(StartLibrary, "_read_behind", lambda self: setattr(self, "_attempts", []))
    monkeypatch.setattr(StartLibrary, "_wait_for_kernels", lambda self, progress: None)
    monkeypatch.setenv("CTFSIM_LEARNERS", str(out / "names.json"))
    library = StartLibrary(PATIENT_2.parent, out, seed=1, open_case=open_case, resume=open_case)
    app = App(None, size=(1280, 720), desk=library)
    app.step()
    window = Window(app)
    whole_case.play(window, DEVICES[name](window))
    assert window.kinds <= EVENTS_OF[name], "no other device was needed"
    return app


@pytest.mark.parametrize("name", list(DEVICES))
def test_every_step_can_be_taken_with_one_device(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a scripted patient: what is missed is a button or a key."""
    scripted = Scripted()
    app = played(name, lambda path, learner, out: lambda progress: (scripted, 0), tmp_path, monkeypatch)
    assert set(scripted.names) >= COMMANDS
    assert app.context.session.debrief is not None
    app._close_worker()
    pygame.display.quit()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(DEVICES))
def test_a_patient_is_treated_with_one_device(
    name: str, own_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the engine: the blood is epidural, and the record says so."""
    folders: list[Path] = []

    def open_case(path: Path, learner: str | None, out: Path) -> Any:
        folders.append(out)
        recording = Recording(own_case, operator="trainee", scenario_path=str(path), out=out, learner=learner)
        return lambda progress: (RecordedProcedure(recording), 0)

    app = played(name, open_case, tmp_path, monkeypatch)
    card = json.loads((folders[0] / "scorecard.json").read_text())
    assert card["placement"]["compartment"] == "epidural"
    done = [type(one).__name__ for one in read_session(folders[0]).commands if not isinstance(one, LookAt)]
    assert set(done) >= COMMANDS
    app._close_worker()
    pygame.display.quit()
