"""A case in another language: words alone, beside the case, shown where it is chosen, no truth before its time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.gui.context.perceived import Perceived
from simulator.gui.debrief_facts import AnswerLine, LessonFacts
from simulator.interface.view import CaseView
from simulator.report.lesson import LessonReview
from simulator.scenario.file_kind import FileKind, kind_of_file
from simulator.scenario.load import load_scenario
from simulator.scenario.pack import files_of
from simulator.scenario.shipped import scenario_folder, shipped_scenarios
from simulator.scenario.teaching import teaching_of
from simulator.scenario.translation import read_translations
from simulator.vocabulary.levels import Interspace
from tests.gui.made_up import view as made_view

CASE = """\
format = 1
extends = "patient-2"
title = "Leak at {level}"

[lesson]
goals = ["Name the level", "Stay off the dura"]
[[lesson.point]]
words = "Count twice"
source = "docs/score.md"

[[question]]
words = "Which needle at {level}?"
kind = "choice"
options = ["thin", "thick"]
right = 2
why = "blood is thick"

[[checklist]]
words = "Monitor in sight"

[briefing]
[[briefing.picture]]
file = "seen.png"
caption = "Fluid behind the sac"
"""
GERMAN = """\
title = "Leck bei {level}"

[lesson]
goals = ["Die Höhe nennen", "Der Dura fernbleiben"]
[[lesson.point]]
words = "Zweimal zählen"

[[question]]
words = "Welche Nadel bei {level}?"
options = ["dünn", "dick"]
why = "Blut ist dick"

[[checklist]]
words = "Monitor im Blick"

[[briefing.picture]]
caption = "Flüssigkeit hinter dem Sack"
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(CASE)
    Image.new("L", (8, 8)).save(tmp_path / "seen.png")
    (tmp_path / "mine.de.toml").write_text(GERMAN, encoding="utf-8")
    return tmp_path / "mine.toml"


def view_of(path: Path) -> CaseView:
    file = load_scenario(path)
    scenario = file.scenario_for(1)
    return CaseView(
        title="Leak at L3/4",
        request=scenario.text.request.replace("{level}", "L3/4"),
        requested_level=Interspace.L3_4,
        accepted_approaches=(),
        levels=(),
        needles=(),
        prescribed_volume_ml=16.0,
        digital_angles=False,
        ideal_images=False,
        teaching=teaching_of(scenario, path.parent, read_translations(file, scenario)),
    )


def test_the_window_reads_the_case_in_the_language_that_is_chosen(case: Path) -> None:
    view = view_of(case)
    german = view.in_language("de")
    assert german.title == "Leck bei L3/4"
    assert german.request == view.request, "what is not translated stays as it is"
    assert german.teaching.goals == ("Die Höhe nennen", "Der Dura fernbleiben")
    assert german.teaching.questions[0].words == "Welche Nadel bei L3/4?"
    assert german.teaching.questions[0].options == ("dünn", "dick")
    assert german.teaching.checklist[0].words == "Monitor im Blick"
    assert german.teaching.pictures[0].caption == "Flüssigkeit hinter dem Sack"
    assert view.in_language("en") is view

    shown = replace(made_view(), case=view)
    perceived = Perceived(worker=None)  # type: ignore[arg-type]
    perceived.history.view = shown
    assert perceived.view is shown
    perceived.language = "de"
    assert perceived.view.case.title == "Leck bei L3/4"


def test_what_may_be_known_before_holds_no_answer_in_any_language(case: Path) -> None:
    told = str(view_of(case).teaching)
    assert "Die Höhe nennen" in told
    for truth in ("Blut ist dick", "Zweimal zählen", "blood is thick", "Count twice"):
        assert truth not in told


def test_debrief_and_report_print_points_and_answers_in_it(case: Path) -> None:
    file = load_scenario(case)
    wordings = read_translations(file, file.scenario_for(1))
    answers = (
        AnswerLine(words="Which needle at L3/4?", answer="thin", expected="thick", right=False, why="blood is thick"),
    )
    facts = LessonFacts(points=(("Count twice", "docs/score.md"),), answers=answers, wordings=wordings)
    assert facts.in_language("de").points == (("Zweimal zählen", "docs/score.md"),)
    assert facts.in_language("de").answers[0].why == "Blut ist dick"
    assert facts.in_language("en") == facts
    ticked = replace(facts, checklist=(("Monitor in sight", True),))
    assert ticked.in_language("de").checklist == (("Monitor im Blick", True),)
    review = LessonReview(
        goals=("Name the level",), points=facts.points, advice=(), answers=(), happenings=(), checklist=(), questions=()
    )
    assert review.in_words(wordings["de"]).goals == ("Die Höhe nennen",)
    assert replace(review, checklist=ticked.checklist).in_words(wordings["de"]).checklist == (
        ("Monitor im Blick", True),
    )
    assert review.in_words(wordings["de"]).points == facts.in_language("de").points


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (
            "[limits]\nblood_ml = 3\n",
            r"mine\.de\.toml:1: limits: a translation holds title, texts, lesson",
        ),
        ('format = 1\ntitle = "x"\n', r"mine\.de\.toml:1: format: a translation holds"),
        (
            '[[question]]\nwords = "x"\nright = 1\n',
            r"mine\.de\.toml:3: question.*right: a translation",
        ),
        ('[[lesson.point]]\nwords = "x"\nsource = "y"\n', r"mine\.de\.toml:3: .*source: a translation holds"),
        ('[lesson]\ngoals = ["x"]\n', r"mine\.de\.toml:2: lesson\.goals: the case has 2 of these, and this 1"),
        ('[debrief]\nsummary = ["x"]\n', r"mine\.de\.toml:2: debrief\.summary.*: the case says nothing here"),
        ("title = 3\n", r"mine\.de\.toml:1: title"),
    ],
)
def test_everything_but_words_is_refused_on_its_line(text: str, match: str, case: Path) -> None:
    case.with_name("mine.de.toml").write_text(text)
    file = load_scenario(case)
    with pytest.raises(UserInputError, match=match):
        read_translations(file, file.scenario_for(1))
    assert main(["check", str(case)]) == 2


def test_check_tells_of_a_translation_and_a_pack_takes_it_along(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(case), str(case.with_name("mine.de.toml"))]) == 0
    said = capsys.readouterr().err
    assert "translated (de): 10 texts" in said
    assert "mine.de.toml: sound: 10 texts of Leak at L3/4" in said
    assert kind_of_file(case.with_name("mine.de.toml")) is FileKind.TRANSLATION
    assert set(files_of(case).names) == {"mine.toml", "mine.de.toml", "seen.png"}


def test_a_translation_that_ships_is_whole_and_no_case_of_its_own() -> None:
    assert all("." not in name for name in shipped_scenarios())
    file = load_scenario(scenario_folder() / "slim.toml")
    scenario = file.scenario_for(1)
    german = teaching_of(scenario, file.path.parent, read_translations(file, scenario)).wording("de")
    english = teaching_of(scenario, file.path.parent)
    asked = (english.goals, english.debrief_reactions, english.debrief_analysis, english.debrief_summary)
    assert all(text in german for texts in asked for text in texts)
