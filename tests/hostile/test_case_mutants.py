"""A sample of the mutants of `case_mutants`, and of made files that are sound; the large counts are run by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from simulator.scenario.course_file import load_course
from simulator.scenario.course_schema import Course
from simulator.scenario.json_schema import DRAFT, _quiet, form_schema, json_schema
from simulator.scenario.load import load_scenario
from tests.hostile import linters
from tests.hostile.case_mutants import Counts, judge, main, mutant
from tests.hostile.made_cases import made_case, made_course
from tests.hostile.toml_text import Written

SAMPLE = range(200_000, 200_250)
OF_CASES = Draft7Validator(json_schema())
OF_COURSES = Draft7Validator({"$schema": DRAFT, **_quiet(form_schema(Course))})


def test_a_sample_of_mutants_is_refused_on_its_line_with_its_key(tmp_path: Path) -> None:
    counts, odd = Counts(), []
    for number in SAMPLE:
        judge(mutant(number), tmp_path / "mutant.toml", counts, odd)
    assert (counts.tracebacks, counts.silent) == (0, 0), odd
    assert counts.right_key >= 0.99 * counts.with_key, odd
    assert counts.right_line >= 0.97 * counts.with_line, odd


@pytest.mark.parametrize("first", [0, 40])
def test_made_cases_and_courses_are_sound_by_check_and_by_schema(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + 40):
        data = made_case(seed)
        (tmp_path / "made.toml").write_text(Written(data).text, encoding="utf-8")
        load_scenario(tmp_path / "made.toml").scenario_for(seed)
        assert [fault.message for fault in OF_CASES.iter_errors(data)] == []
    for seed in range(first // 10, first // 10 + 4):
        data = made_course(seed)
        (tmp_path / "made.toml").write_text(Written(data).text, encoding="utf-8")
        load_course(tmp_path / "made.toml")
        assert [fault.message for fault in OF_COURSES.iter_errors(data)] == []


@pytest.mark.slow
def test_twenty_thousand_mutants() -> None:
    assert main(["--count", "20000"]) == 0


@pytest.mark.slow
def test_both_linters_agree_with_check_on_a_thousand_mutants_of_form() -> None:
    if linters.absent():
        pytest.skip(f"{' and '.join(linters.absent())} not installed")
    assert linters.main(["--count", "1000"]) == 0
