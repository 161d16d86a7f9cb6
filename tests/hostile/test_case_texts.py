"""Texts that are no TOML, or not as their author thinks: in words of somebody who writes cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.errors import UserInputError
from simulator.scenario.load import load_scenario

BASE = 'format = 1\nextends = "patient-2"\n'
OF_PARSERS = re.compile(r"Input should|Expected|Invalid|Illegal|Unterminated|Unclosed|valid (?:string|integer)")


def message_of(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    return str(caught.value)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_mark_of_byte_order_is_no_fault(mark: bytes, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(mark + BASE.encode())
    assert load_scenario(tmp_path / "mine.toml").title == "Patient 2: leak at L3/4"
    message = message_of(tmp_path / "mine.toml", mark + b"format = 2\n" + BASE.encode()[11:])
    assert ":1: format: 2 is not offered" in message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("blood_ml = 31,5", ["a point and no comma", "write 31.5"]),
        ("blood_ml = -0,25 # mL", ["write -0.25"]),
        ("digital_angles = True", ["True is no value", "write true"]),
        ("digital_angles = [False]", ["write false"]),
        ("digital_angles = yes", ["write true"]),
        ("seed = None", ["there is no None", "leave the key out"]),
        ("blood_ml =", ["no value after the ="]),
        ("blood_ml = # mL", ["no value after the ="]),
        ("blood_ml: 12", ["joined by =", "write blood_ml = 12"]),
        ("blood_ml 12", ["neither a key with ="]),
        ("level = L3/4", ["words stand in quotes", 'write "L3/4"']),
        ("level = \u201cL3/4\u201d", ["typographic quotes"]),
        ('level = "L3/4', ["a quote is not closed"]),
        ("[limits", ["no ]", "close it"]),
        ('levels = ["L2", "L5"', ["the list that [ opens", "end it with ]"]),
        ("x = { uniform = [1, 2]", ["the table that { opens"]),
        ('request = """\nOrthostatic headache', ['the words that """ opens have no end']),
    ],
)
@pytest.mark.parametrize("after", ["", "\n[hands]\nkind = 'laser'\n"])
def test_what_is_no_toml_is_told_on_its_line(line: str, words: list[str], after: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    message = message_of(file, f"{BASE}\n{line}\n{after}")
    assert message.startswith(f"{file}:4: this is not TOML: ")
    assert not OF_PARSERS.search(message)
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("text", "line", "key", "first"),
    [
        ('[leak]\nlevel = "L3/4"\nside = "left"\nlevel = "L4/5"\n', 6, "leak.level", 4),
        ("[leak]\n[limits]\n[leak]\n", 5, "leak", 3),
        ("limits = { blood_ml = 1, blood_ml = 2 }\n", 3, "limits.blood_ml", 3),
        ("[limits]\nminutes = 5\n[[event]]\nkind = 'jerk'\nkind = 'jerk'\n", 7, "event.kind", 6),
    ],
)
def test_a_key_that_stands_twice_is_named(text: str, line: int, key: str, first: int, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    message = message_of(file, BASE + text)
    assert (
        message == f"{file}:{line}: {key}: this key or table stands twice, first on line {first}: remove one of the two"
    )


def test_a_remark_with_quotes_shifts_no_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = BASE + 'title = "a \\"\\"\\" b" # """ c\n[limits] # \'\'\' and [\nblood_ml = 99.0 # {\n'
    assert message_of(file, text).startswith(f"{file}:5: limits.blood_ml: ")


@pytest.mark.parametrize(
    ("text", "key", "words", "never"),
    [
        ("format = true", "format", ["true is not offered"], []),
        ('[patient]\nphantom = "patient-2"\nsex = 1', "patient.sex", ["one of F, M"], ["uniform"]),
        ("[leak]\nside = 3", "leak.side", ["'left'", "left, right, both"], ["uniform"]),
        ("[scanner]\nhand_protection = 1", "scanner.hand_protection", ["true or false", "{ choice"], ["uniform"]),
        ("[scanner]\npreset_tube_voltage_kv = true", "scanner.preset_tube_voltage_kv", ["true is not offered"], []),
        ("[patient]\nseed = 1.5", "patient.seed", ["a whole number", "from 0 to"], ["normal"]),
        ("[text]\nrequest = 3", "text.request", ["words in quotes"], ["uniform"]),
        ("[text]\nrequest = ''", "text.request", ["no words"], []),
        (f"title = '{'x' * 201}'", "title", ["longer than 200 characters"], []),
        ("[leak]\nlevel = 34", "leak.level", ["words in quotes"], ["uniform"]),
        ("[limits]\nminutes = 1979-05-27", "limits.minutes", ["a number"], []),
        ("[myelogram]\nlevels = ['L2']", "myelogram.levels", ["at least 2 items"], []),
        ("[rubric]\nneeds_images = 1", "rubric.needs_images", ["true or false"], ["choice", "uniform"]),
    ],
)
def test_values_are_refused_in_words_of_this_form(
    text: str, key: str, words: list[str], never: list[str], tmp_path: Path
) -> None:
    base = BASE.replace("format = 1\n", "") if text.startswith("format") else BASE
    message = message_of(tmp_path / "mine.toml", base + text + "\n")
    assert f": {key}: " in message
    assert not OF_PARSERS.search(message), message
    for word in words:
        assert word in message or word.strip("'") in message
    for word in never:
        assert word not in message


def test_whole_numbers_may_be_written_with_a_point(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(BASE.replace("1", "1.0", 1) + "[patient]\nseed = 3.0\n")
    assert load_scenario(tmp_path / "mine.toml").scenario_for(1).patient.seed == 3


def test_a_title_shows_the_level_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(BASE + 'title = "At {level}, {side}"\n[leak]\nlevel = "L4/5"\n')
    assert load_scenario(tmp_path / "mine.toml").title == "At L4/5, right"
