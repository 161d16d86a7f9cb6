"""A case with a lesson of every kind, about the patient of straight tubes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from simulator.scenario.build import _scripted
from simulator.scenario.case import Case
from simulator.scenario.load import load_scenario
from simulator.scenario.schema import Scenario
from simulator.scenario.teaching import teaching_of
from simulator.scoring.rubric import Rubric
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Vertebra
from tests.unit.report_patient import tube_phantom, tube_world

LESSON = """
format = 1
extends = "patient-2"

[[fact]]
kind = "drug"
words = "apixaban this morning"
stops = true
[[fact]]
kind = "history"
words = "migraine"
in_chart = true

[[event]]
kind = "vasovagal"
at_press = 1
answer = "raise the legs"
answer_within_min = 1

[lesson]
goals = ["Name the level"]
[[lesson.point]]
words = "A time-out asks for drugs"
source = "SIR consensus 2019"
[[lesson.advice]]
words = "Next time raise the legs"
unanswered = "vasovagal"
[[lesson.advice]]
words = "Stay off the dura"
touched = "dura"

[briefing]
words = "See **{level}** <script>alert(1)</script> ![x](http://example.org/x.png) [y](javascript:alert(1))"
[[briefing.picture]]
file = "own.png"
caption = "a sketch"

[debrief]
reactions = ["How was it?"]
analysis = ["Why there?"]
summary = ["What next?"]

[[question]]
words = "Where is the leak?"
kind = "level and side"
[[question]]
words = "How many millilitres?"
kind = "number"
value = 15
tolerance = 2
unit = "mL"
[[question]]
words = "Which way?"
kind = "choice"
when = "after"
options = ["front", "back"]
right = 2
why = "from behind"

[[checklist]]
words = "time-out held"
phase = "preparation"
[[checklist]]
words = "blood fresh"
"""


def lesson_folder(folder: Path, more: str = "") -> Path:
    """A folder that holds the case, with what is added to its file, and its picture."""
    Image.new("RGB", (8, 8)).save(folder / "own.png")
    (folder / "mine.toml").write_text(LESSON + more)
    return folder


def lesson_scenario(folder: Path) -> Scenario:
    """The case of such a folder."""
    return load_scenario(folder / "mine.toml").scenario_for(1)


def case_of(scenario: Scenario, folder: Path) -> Case:
    """The case with the patient of tubes on the table."""
    phantom = tube_phantom()
    bodies = {
        Vertebra.L3: PatientPoint(0.0, -15.0, 15.0),
        Vertebra.L4: PatientPoint(0.0, -15.0, -12.0),
        Vertebra.L5: PatientPoint(0.0, -15.0, -30.0),
    }
    world = tube_world(replace(phantom, landmarks=replace(phantom.landmarks, vertebral_bodies=bodies)))
    settings = replace(
        world.settings,
        teaching=teaching_of(scenario, folder),
        script=tuple(_scripted(one) for one in scenario.event),
        title=scenario.title,
    )
    return Case(name="mine", scenario=scenario, world=replace(world, settings=settings), rubric=Rubric())
