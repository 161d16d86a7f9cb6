"""Courses: where a learner stands, what is next, twins that only together pass, tables and reports; and what ships."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.courses.group_report import frequent_errors, write_group_report
from simulator.courses.next_case import generate_case
from simulator.courses.standing import CaseState, Standing, learner_seed, standing_in
from simulator.courses.tables import attempts_csv, gradebook_csv
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.folder import folder_for
from simulator.report.learners import Attempt
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.course_file import CourseFile, load_course
from simulator.scenario.file_kind import is_course
from simulator.scenario.inheritance import read_lineage
from simulator.scenario.json_schema import COURSE_SCHEMA_FILE, course_schema_text
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import course_folder, scenario_folder, shipped_courses, shipped_scenarios
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.scoring import CapId, Component
from tests.unit.report_patient import tube_phantom, tube_world

TODAY = date(2026, 6, 1)
COURSE = """format = 1
title = "Two and a pair"
opens = "2026-01-01"
closes = "2026-12-31"

[rule]
score = 60.0

[[case]]
scenario = "slim"

[[case]]
scenario = "patient-2"
needs = ["slim"]
attempts = 2

[[case]]
scenario = "platelets-low"
twin = "platelets-enough"

[[case]]
scenario = "platelets-enough"
twin = "platelets-low"
"""


def course(folder: Path, text: str = COURSE) -> CourseFile:
    (folder / "mine.toml").write_text(text)
    return load_course(folder / "mine.toml")


@pytest.fixture(scope="module")
def card() -> Scorecard:
    world = tube_world(tube_phantom())
    session = Session(world)
    session.do(c.Finish())
    made = score_procedure(world, session.events, Rubric(), scenario="slim", operator="t")
    return replace(made, score=80.0, caps=(), placement=replace(made.placement, compartment=Compartment.EPIDURAL))


def attempt(card: Scorecard, case: str, score: float = 80.0, learner: str = "ann", **changes: object) -> Attempt:
    made = replace(card, score=score, scenario=case, **changes)  # type: ignore[arg-type]
    return Attempt(learner=learner, scenario=case, seed=1, at=0.0, location=Path("nowhere"), card=made)


def states(standing: Standing) -> list[CaseState]:
    return [one.state for one in standing.cases]


def test_cases_open_in_their_order_and_close_when_they_are_passed(card: Scorecard, tmp_path: Path) -> None:
    file = course(tmp_path)
    none = standing_in(file, "ann", [], TODAY)
    assert states(none) == [CaseState.OPEN, CaseState.LOCKED, CaseState.OPEN, CaseState.OPEN]
    assert none.cases[1].why == "needs slim"
    assert none.next_case is not None
    assert none.next_case.name == "slim"
    after = standing_in(file, "ann", [attempt(card, "slim")], TODAY)
    assert states(after)[:2] == [CaseState.PASSED, CaseState.OPEN]
    others = standing_in(file, "ann", [attempt(card, "slim", learner="bob")], TODAY)
    assert states(others) == states(none)


@pytest.mark.parametrize(
    ("score", "changes", "passed"),
    [
        (60.0, {}, True),
        (59.9, {}, False),
        (90.0, {"caps": (CapId.UNSEEN_NEEDLE,)}, False),
        (0.0, {"caps": (CapId.NOT_TREATED,)}, False),
    ],
)
def test_score_and_gates_decide(
    score: float, changes: dict[str, object], passed: bool, card: Scorecard, tmp_path: Path
) -> None:
    standing = standing_in(course(tmp_path), "ann", [attempt(card, "slim", score, **changes)], TODAY)
    assert standing.cases[0].passed is passed


def test_attempts_are_used_up(card: Scorecard, tmp_path: Path) -> None:
    made = [attempt(card, "slim"), attempt(card, "patient-2", 10.0), attempt(card, "patient-2", 20.0)]
    standing = standing_in(course(tmp_path), "ann", made, TODAY)
    assert standing.cases[1].state is CaseState.USED_UP
    assert (standing.cases[1].best, standing.cases[1].attempts_left) == (20.0, 0)


def test_a_case_passes_only_with_its_twin(card: Scorecard, tmp_path: Path) -> None:
    file = course(tmp_path)
    one = [attempt(card, "slim"), attempt(card, "patient-2"), attempt(card, "platelets-low")]
    half = standing_in(file, "ann", one, TODAY)
    assert [case.passed for case in half.cases] == [True, True, False, False]
    assert half.cases[2].why == "needs its twin platelets-enough"
    assert half.next_case is not None
    assert half.next_case.name == "platelets-enough"
    assert not half.passed
    assert standing_in(file, "ann", [*one, attempt(card, "platelets-enough")], TODAY).passed


@pytest.mark.parametrize(
    ("today", "state"), [(date(2025, 12, 31), CaseState.NOT_YET), (date(2027, 1, 1), CaseState.CLOSED)]
)
def test_days_open_and_close_a_course(today: date, state: CaseState, tmp_path: Path) -> None:
    assert set(states(standing_in(course(tmp_path), "ann", [], today))) == {state}


def test_competence_is_asked_for_where_the_course_says_so(card: Scorecard, tmp_path: Path) -> None:
    text = (
        'format = 1\ntitle = "x"\n[rule]\ncusum = "competent"\n'
        '[[case]]\nscenario = "slim"\nrepeat = "until competent"\nattempts = 40\n'
    )
    file = course(tmp_path, text)
    few = standing_in(file, "ann", [attempt(card, "slim")] * 3, TODAY)
    assert few.cases[0].state is CaseState.OPEN
    assert not few.passed
    many = standing_in(file, "ann", [attempt(card, "slim")] * 11, TODAY)
    assert many.competent
    assert many.passed


def test_seeds_are_a_learners_own_and_no_seed_comes_twice(tmp_path: Path) -> None:
    case = course(tmp_path).course.case[0]
    ann = [learner_seed("mine", case, "slim", "ann", attempt) for attempt in range(100)]
    assert len(set(ann)) == 100
    assert ann[0] == learner_seed("mine", case, "slim", "ann", 0)
    assert ann[0] != learner_seed("mine", case, "slim", "bob", 0)
    fixed = case.model_copy(update={"seeds": [4, 5, 6]})
    assert {learner_seed("mine", fixed, "slim", "ann", attempt) for attempt in range(3)} == {4, 5, 6}


def test_what_cost_most_gives_the_next_case(card: Scorecard, tmp_path: Path) -> None:
    for component in (Component.DOSE, Component.STEPS, Component.SAFETY):
        shares = {one: (0.0 if one is component else 1.0) for one, _ in card.weights.items()}
        mine = attempt(replace(card, components=replace(card.components, by_component=shares)), "slim")
        made = generate_case("ann", [mine])
        assert made is not None
        assert made.weakness is component
        (tmp_path / "next.toml").write_text(made.text)
        assert load_scenario(tmp_path / "next.toml").title.startswith("For you: ")
    assert generate_case("ann", []) is None


def test_tables_and_reports_show_every_learner(card: Scorecard, tmp_path: Path) -> None:
    file = course(tmp_path)
    made = [attempt(card, "slim"), attempt(card, "slim", 30.0, "=bob", caps=(CapId.DURAL_PUNCTURE,))]
    standings = [standing_in(file, learner, made, TODAY) for learner in ("ann", "=bob")]
    rows = list(csv.reader(io.StringIO(gradebook_csv(file, standings))))
    assert rows[1] == ["ann", "80.0", "", "", "", "1", "no"]
    assert rows[2][0] == "'=bob"
    assert len(list(csv.reader(io.StringIO(attempts_csv(file, standings))))) == 3
    assert frequent_errors([case for one in standings for case in one.cases])[0][1] >= 1
    write_group_report(file, standings, tmp_path / "course.html")
    page = (tmp_path / "course.html").read_text()
    assert "=bob" in page
    assert "Most frequent errors" in page


def test_learners_of_one_machine_have_folders_of_their_own() -> None:
    assert folder_for(None, "slim", 1, "ann") != folder_for(None, "slim", 1, "bob") != folder_for(None, "slim", 1)
    assert folder_for(Path("x"), "slim", 1, "ann") == Path("x")


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ('scenario = "slim"', 'scenario = "slimm"', 10, "case.scenario", ["'slimm'", "'slim'"]),
        ('needs = ["slim"]', 'needs = ["patient-1"]', 14, "case.needs", ["no earlier case 'patient-1'", "slim"]),
        ('needs = ["slim"]', 'need = ["slim"]', 14, "case.need", ["unknown key", "'needs'"]),
        ("attempts = 2", "attempts = 0", 15, "case.attempts", ["from 1 to 100"]),
        ("score = 60.0", "score = 600.0", 7, "rule.score", ["from 0 to 100"]),
        ('closes = "2026-12-31"', 'closes = "2025-12-31"', 1, "", ["closes before it opens"]),
        ('closes = "2026-12-31"', 'closes = "2026-02-30"', 4, "closes", ["no day 2026-02-30"]),
        ('closes = "2026-12-31"', 'closes = "31.12.2026"', 4, "closes", ["is no day"]),
        ('twin = "platelets-enough"', 'twin = "platelets"', 19, "case.twin", ["no other case 'platelets'"]),
        ('scenario = "patient-2"', 'scenario = "slim"', 13, "case.scenario", ["stands twice"]),
        ("[[case]]\n", "[[cases]]\n", 9, "cases", ["unknown key", "'case'"]),
    ],
)
def test_faults_of_a_course_have_line_key_and_mend(
    old: str, new: str, line: int, key: str, words: list[str], tmp_path: Path
) -> None:
    text = COURSE.replace(old, new, -1 if "[[" in old else 1)
    with pytest.raises(UserInputError) as caught:
        course(tmp_path, text)
    told = str(caught.value).splitlines()
    mine = [one for one in told if one.startswith(f"{tmp_path / 'mine.toml'}:{line}: {key}".removesuffix(": "))]
    assert mine, told
    for word in words:
        assert word in mine[0]


def test_faults_of_its_cases_are_told_with_their_files(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('format = 1\nextends = "slim"\n[limits]\nblood_ml = 99\n')
    with pytest.raises(UserInputError, match=r"own\.toml:4: limits\.blood_ml: 99 is out of range"):
        course(tmp_path, 'format = 1\ntitle = "x"\n[[case]]\nscenario = "own.toml"\n')


def test_check_and_course_know_courses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course(tmp_path)
    assert main(["check", str(tmp_path / "mine.toml")]) == 0
    assert "sound: Two and a pair, 4 cases" in capsys.readouterr().err
    assert main(["course", str(tmp_path / "mine.toml"), "--learner", "ann", "--sessions", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == ["slim", "patient-2", "platelets-low", "platelets-enough"]
    assert "needs slim" in out
    assert not is_course(scenario_folder() / "slim.toml")


SHIPPED = [load_course(Path(name)) for name in shipped_courses()]


def test_three_courses_ship_with_thirty_cases_and_more() -> None:
    assert len(SHIPPED) == 3
    assert len({case.name for one in SHIPPED for case in one.cases}) >= 30
    assert (scenario_folder() / COURSE_SCHEMA_FILE).read_text(encoding="utf-8") == course_schema_text()
    for one in SHIPPED:
        assert one.path.read_text().startswith(f"#:schema ../{COURSE_SCHEMA_FILE}\n")
        assert one.path.parent == course_folder()


def test_every_case_that_ships_stands_in_one_course() -> None:
    names = [case.name for one in SHIPPED for case in one.cases]
    assert sorted(names) == shipped_scenarios()


SIGNS = (
    "PubMed",
    "doi",
    "AJNR",
    "PMC",
    "AJR",
    "BJA",
    "Radiology",
    "J Neurosurg",
    "Anesth Pain Med",
    "SIR",
    "docs/",
    "Busser",
    "Cho",
    "section",
    "README",
)


@pytest.mark.parametrize("name", [case.name for one in SHIPPED for case in one.cases])
def test_every_case_of_a_course_has_goals_points_that_cite_and_a_debrief(name: str) -> None:
    scenario = load_scenario(Path(name)).scenario_for(1)
    assert scenario.lesson is not None
    assert scenario.lesson.goals
    assert scenario.lesson.point
    for point in scenario.lesson.point:
        assert any(sign in point.source for sign in SIGNS), point.source
    assert scenario.debrief is not None


TWINS = sorted(
    {tuple(sorted((Path(row.scenario).stem, str(row.twin)))) for one in SHIPPED for row in one.course.case if row.twin}
)


@pytest.mark.parametrize(("first", "second"), TWINS)
def test_twins_differ_in_one_fact_and_tell_a_learner_nothing(first: str, second: str) -> None:
    one, two = (load_scenario(Path(name)).scenario_for(1) for name in (first, second))
    pairs = list(zip(one.fact, two.fact, strict=True))
    differ = [(a, b) for a, b in pairs if a != b]
    rest = ("patient", "myelogram", "text", "event", "limits", "scanner", "needle")
    assert all(getattr(one, key) == getattr(two, key) for key in rest)
    if one.leak == two.leak:
        assert len(differ) == 1
        assert {a.stops for pair in differ for a in pair} == {True, False}
    else:  # what differs is in the pictures: whether blood closes the leak
        assert not differ
        assert one.leak == two.leak.model_copy(update={"pattern": one.leak.pattern})
        right = {choose_accepted_targets(case.leak, [case.leak.level]).needle_levels for case in (one, two)}
        assert right == {(), (one.leak.level,)}
    assert one.lesson is not None
    assert two.lesson is not None
    assert (one.lesson.goals, one.lesson.minutes) == (two.lesson.goals, two.lesson.minutes)


def test_a_lesson_is_not_taken_over_from_what_a_case_extends(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('format = 1\nextends = "faint"\n')
    data = read_lineage(tmp_path / "mine.toml").data
    assert "lesson" not in data
    assert "debrief" not in data
    assert data["event"][0]["kind"] == "vasovagal"
