"""Rows of lists of tables: each fault once, on the line of its own row, with the keys that a row has."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import UserInputError
from simulator.scenario.load import load_scenario

BASE = 'format = 1\nextends = "patient-2"\n'
SOUND = '[[event]]\nkind = "jerk"\nwhen = "bone contact"\n'


def message_of(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "line", "key", "words"),
    [
        ('kind = "vasovagl"\nwhen = "skin puncture"', 1, "event.kind", ["'vasovagal'"]),
        ('kind = "jerk"\nwehn = "skin puncture"', 2, "event.wehn", ["unknown key", "'when'"]),
        ('kind = "jerk"\nfoo = 1\nwhen = "skin puncture"', 2, "event.foo", ["known keys: kind, when, at_min"]),
        ('kind = "jerk"\nat_min = 300', 2, "event.at_min", ["from 0 to 240 min"]),
        ('kind = "jerk"\nat_min = "3"', 2, "event.at_min", ["a number"]),
        ('when = "skin puncture"', 0, "event.kind", ["missing"]),
        ('kind = "jerk"', 0, "event", ["nothing sets this off", "exactly one of when"]),
        ('kind = "jerk"\nat_min = 3\nat_press = 2', 0, "event", ["at_min and at_press"]),
        ('kind = "arm line fails"\nat_min = 3', 0, "event", ["leave at_min out"]),
        ('kind = "jerk"\nat_min = 3\nwithin_mm = 2', 0, "event", ["within_mm says nothing without near"]),
        ('kind = "jerk"\nnear = "skin"', 2, "event.near", ["dura, root, cord, bone"]),
        ('kind = "jerk"\nat_press = 1.5', 2, "event.at_press", ["a whole number", "from 1 to 200"]),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_fault_of_an_event_is_told_once_on_its_line(
    row: str, line: int, key: str, words: list[str], before: int, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    head = BASE + SOUND * before
    message = message_of(file, f"{head}[[event]]\n{row}\n{SOUND}")
    assert message.count("\n") == 0, message
    assert message.startswith(f"{file}:{head.count(chr(10)) + 1 + line}: {key}: ")
    for word in words:
        assert word in message


def test_every_row_tells_its_own_faults(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = BASE + (
        '[[event]]\nkind = "jerk"\n'  # 3, 4
        '[[event]]\nkind = "jrk"\nat_min = 1\n'  # 5 to 7
        '[[fact]]\nkind = "drug"\nwords = ""\n'  # 8 to 10
        '[[fact]]\nkind = "drug"\nwords = "none"\nstop = true\n'  # 11 to 14
        '[[question]]\nwords = "?"\nkind = "choice"\n'  # 15 to 17
        "[lesson]\n"  # 18
        '[[lesson.point]]\nwords = "one"\n'  # 19, 20: no source, no goals
    )
    told = [line.removeprefix(f"{file}:").split(": ")[:2] for line in message_of(file, text).splitlines()]
    assert sorted(told) == sorted(
        [
            ["3", "event"], ["6", "event.kind"], ["10", "fact.words"], ["14", "fact.stop"], ["15", "question"],
            ["18", "lesson.goals"], ["19", "lesson.point.source"],
        ]
    )  # fmt: skip


def test_rows_in_one_line_and_rows_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    inline = 'event = [\n  { kind = "jerk", at_min = 1 },\n  { kind = "jerk", at_min = 999 },\n]\n'
    assert message_of(file, BASE + inline).startswith(f"{file}:5: event.at_min: 999 is out of range")
    message = message_of(file, BASE + 'event = "jerk"\n')
    assert message.startswith(f"{file}:3: event: ")
    assert "[[ ]]" in message
    assert "its keys" in message_of(file, BASE + 'event = ["jerk"]\n')


def test_a_row_of_the_file_itself_is_not_looked_for_in_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(BASE + SOUND)
    message = message_of(tmp_path / "mine.toml", 'extends = "base.toml"\n\n[[event]]\nat_min = 3\n')
    assert message.startswith(f"{tmp_path / 'mine.toml'}:3: event.kind: this key is missing")
