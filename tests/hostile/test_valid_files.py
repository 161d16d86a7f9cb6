"""A sample of the valid files of `valid_files`: none is refused; the large count is run by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.valid_files import Made, add_picture, main, refusal, valid_file

SAMPLE = range(700_000, 700_050)


def keys(table: Made, above: str = "") -> set[str]:
    """Dotted keys of a file, rows without their numbers."""
    found = {f"{above}{key}" for key in table}
    for key, item in table.items():
        for row in item if isinstance(item, list) else [item]:
            if isinstance(row, dict):
                found |= keys(row, f"{above}{key}.")
    return found


def test_no_valid_file_of_a_sample_is_refused(tmp_path: Path) -> None:
    add_picture(tmp_path)
    made = [valid_file(number) for number in SAMPLE]
    assert {kind for kind, _ in made} == {"case", "course", "study"}
    assert [why for kind, data in made if (why := refusal(kind, data, tmp_path)) is not None] == []


def test_the_sample_says_most_of_what_a_file_can_say() -> None:
    said = set().union(*(keys(data) for kind, data in map(valid_file, SAMPLE) if kind == "case"))
    assert {"question.options", "lesson.advice.metric", "stage.leak.level", "reject_if"} <= said
    assert {"further_leak.level", "rubric.weight_dose", "briefing.picture.file", "exam.seeds", "path.entry_mm"} <= said
    assert any(key.endswith((".normal.sd", ".uniform", ".choice")) for key in said)


def test_a_file_that_breaks_a_rule_is_counted(tmp_path: Path) -> None:
    add_picture(tmp_path)
    number = next(one for one in SAMPLE if valid_file(one)[0] == "case")
    kind, data = valid_file(number)
    why = refusal(kind, {**data, "limits": {"blood_ml": 99}}, tmp_path)
    assert why is not None
    assert "limits.blood_ml: 99 is out of range" in why


@pytest.mark.slow
def test_five_thousand_valid_files() -> None:
    assert main(["--count", "5000"]) == 0
