"""The preview picture, of a patient that is quick to image; and waiting for a file to be saved."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simulator.engine.session import Session
from simulator.scenario.build import Case
from simulator.scenario.case_preview import write_case_preview
from simulator.scenario.load import load_scenario
from simulator.scenario.preview_path import plan_preview_path
from simulator.scenario.watch import saved
from simulator.scoring.rubric import Rubric
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Vertebra
from tests.settings import changed_settings
from tests.unit.report_patient import tube_phantom, tube_world


@pytest.fixture(scope="module")
def tubes() -> Case:
    phantom = tube_phantom()
    bodies = {**phantom.landmarks.vertebral_bodies, Vertebra.L4: PatientPoint(0.0, -15.0, -12.0)}
    marks = replace(phantom.landmarks, vertebral_bodies=bodies)
    world = tube_world(replace(phantom, landmarks=marks), needles=("20G Quincke 88 mm",))
    scenario = load_scenario(Path("blind-patch")).scenario_for(1)
    return Case(name="tubes", scenario=scenario, world=world, rubric=Rubric())


def test_the_plan_is_a_straight_way_that_misses_bone_and_dura(tubes: Case) -> None:
    plan = plan_preview_path(tubes)
    assert plan is not None
    assert plan.level == "L3/4"
    way = np.linspace(plan.entry_mm, plan.target_mm, 200)
    anatomy = tubes.world.phantom.anatomy
    assert anatomy.bone_mm(way).min() > 0.0
    assert anatomy.dura_mm(way).min() > 0.0
    assert anatomy.skin_mm(way[:1])[0] >= 0.0


def test_a_picture_is_written_with_every_acquisition_that_it_shows(
    tubes: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[Session] = []
    start = Session.__init__

    def remembered(self: Session, *arguments: object, **named: object) -> None:
        start(self, *arguments, **named)  # type: ignore[arg-type]
        sessions.append(self)

    monkeypatch.setattr(Session, "__init__", remembered)
    settings = changed_settings(tubes.world.settings, myelogram_levels=("L3", "L4"), myelogram_mas=50.0)
    case = replace(tubes, world=replace(tubes.world, settings=settings))
    path = write_case_preview(case, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "tubes.png"
    with Image.open(path) as picture:
        assert picture.width > 800
        grey = np.asarray(picture.convert("L"), float)
    thirds = [grey[int(a * len(grey)) : int(b * len(grey))] for a, b in ((0.05, 0.34), (0.36, 0.64), (0.66, 0.98))]
    assert all(part.std() > 15.0 for part in thirds)
    state = sessions[0].state
    made = [sessions[0].acquisition(n).purpose for n in range(state.counters.acquisitions)]
    assert made == ["myelogram", "planning", "fluoroscopy"]
    assert state.needle.pose is not None


def test_saved_returns_when_a_file_changes_goes_or_comes(tmp_path: Path) -> None:
    path, other = tmp_path / "a.toml", tmp_path / "b.toml"
    path.write_text("a")
    pauses = []

    def after_two(change):  # type: ignore[no-untyped-def]
        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) % 2 == 0:
                change()

        return pause

    def touch() -> None:
        os.utime(path, ns=(1, 1))

    for change in (lambda: path.write_text("longer"), touch, lambda: other.write_text("b"), path.unlink):
        saved([path, other], after_two(change))
    assert len(pauses) == 8
