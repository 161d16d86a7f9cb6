"""Mutants of cases, courses and studies: `python -m tests.hostile.case_mutants [--count N] [--first N]`.

Each mutant is a sound file with one thing broken, of which line and key are known. It counts tracebacks, hangs (more
than a second), broken rules that pass in silence, and how often the message names the right key and the right line.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import UserInputError
from simulator.scenario.course_file import load_course
from simulator.scenario.field_error import Keys, dotted
from simulator.scenario.json_schema import COURSE_SCHEMA_FILE, SCHEMA_FILE, course_schema_text, schema_text
from simulator.scenario.load import load_scenario
from simulator.strategies.study_file import load_study
from tests.hostile.made_cases import Made, made_case, made_course
from tests.hostile.toml_text import Written

SLOW_S = 1.0
OF_CASES: list[Keys] = [("format",), ("title",), ("leak", "level"), ("text", "request"), ("myelogram", "levels")]
OF_STUDIES: list[Keys] = [("format",), ("scenarios",), ("operators",), ("seeds",)]
"""Keys that must be there."""
KINDS = ("case", "case", "case", "course", "study")
LOADERS: dict[str, Callable[[Path], object]] = {"case": load_scenario, "course": load_course, "study": load_study}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A broken file.

    Attributes:
        of: kind of file
        how: what was broken, in words
        text: of the file
        key: that the message should name; None where no key is at fault
        line: on which it should; None where any will do
        form: whether it is the form that is broken, which linters judge too
        broken: whether it is broken at all; else anything but a traceback is right
    """

    of: str
    how: str
    text: str
    key: str | None
    line: int | None
    form: bool = False
    broken: bool = True


def mutant(number: int) -> Mutant:
    """A mutant; the same number gives the same one."""
    rng = random.Random(number)
    of = rng.choice(KINDS)
    data = made_case(number) if of == "case" else made_course(number) if of == "course" else _study(rng)
    written = Written(data)
    ways: tuple[Callable[[random.Random, str, Made, Written], Mutant | None], ...] = (
        (_misspelt, _type, _missing, _comma, _truth, _unquoted, _twice, _unclosed, _bytes, _shuffled)
        if of == "study"
        else (
            _misspelt,
            _type,
            _beyond,
            _missing,
            _word,
            _comma,
            _truth,
            _unquoted,
            _twice,
            _unclosed,
            _bytes,
            _shuffled,
        )
    )
    while True:
        made = rng.choice(ways)(rng, of, data, written)
        if made is not None:
            return made


def _study(rng: random.Random) -> Made:
    return {
        "format": 1,
        "title": "x",
        "scenarios": rng.sample(["patient-1", "patient-2", "slim"], 2),
        "operators": ["quick-check"],
        "seeds": rng.randrange(1, 20),
    }


def _leaves(written: Written) -> list[Keys]:
    """Keys that stand on a line with their value."""
    return [keys for keys, line in written.at.items() if " = " in written.lines[line - 1] and isinstance(keys[-1], str)]


def _with_line(written: Written, line: int, text: str) -> str:
    lines = [*written.lines]
    lines[line - 1] = text
    return "\n".join(lines) + "\n"


def _pick(rng: random.Random, written: Written, fits: Callable[[str], bool]) -> tuple[Keys, int, str, str] | None:
    found = [keys for keys in _leaves(written) if fits(written.lines[written.at[keys] - 1].split(" = ", 1)[1])]
    if not found:
        return None
    keys = rng.choice(found)
    line = written.at[keys]
    key, value = written.lines[line - 1].split(" = ", 1)
    return keys, line, key, value


def _misspelt(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    keys, line, key, value = _pick(rng, written, lambda _: True) or ((), 0, "", "")
    wrong = f"{key}x" if rng.random() < 0.5 else f"x{key[1:]}q"
    return Mutant(
        of=of, how="misspelt", text=_with_line(written, line, f"{wrong} = {value}"), line=line, form=True,
        key=dotted((*keys[:-1], wrong)),
    )  # fmt: skip


def _type(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    keys, line, key, value = _pick(rng, written, lambda _: True) or ((), 0, "", "")
    others = {'"': ["3", "true", "[1]"], "[": ["3", '"x"', "true"], "{": ["true", "[[1]]"]}
    wrong = rng.choice(
        others.get(value[0], ['"x"', "[[1]]", "true"]) if value not in ("true", "false") else ["3", '"x"']
    )
    if of == "study" and keys in (("seeds",),) and wrong == "[[1]]":
        return None
    return Mutant(
        of=of, how="type", text=_with_line(written, line, f"{key} = {wrong}"), line=line, form=True, key=dotted(keys)
    )


def _beyond(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    picked = _pick(rng, written, lambda value: value.lstrip("-").replace(".", "", 1).replace("e", "").isdigit())
    if picked is None:
        return None
    keys, line, key, _ = picked
    wrong = rng.choice(["1e12", "-1e12", "nan", "inf"])
    return Mutant(
        of=of, how=f"beyond {wrong}", text=_with_line(written, line, f"{key} = {wrong}"), line=line, key=dotted(keys),
        form=wrong not in ("nan", "inf"),
    )  # fmt: skip


def _word(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    closed = (
        "side",
        "pattern",
        "kind",
        "level",
        "phantom",
        "when",
        "phase",
        "near",
        "answer",
        "touched",
        "repeat",
        "scenario",
        "region",
    )
    found = [keys for keys in _leaves(written) if keys[-1] in closed]
    found = [keys for keys in found if written.lines[written.at[keys] - 1].split(" = ", 1)[1].startswith('"')]
    if not found:
        return None
    keys = rng.choice(found)
    line = written.at[keys]
    return Mutant(
        of=of, how="word", text=_with_line(written, line, f'{keys[-1]} = "nowhere"'), line=line, key=dotted(keys),
        form=keys[-1] != "scenario",
    )  # fmt: skip


def _missing(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    must = {"case": OF_CASES, "study": OF_STUDIES}
    known: list[Keys] = [*must.get(of, [("format",), ("title",), ("case", 0, "scenario")])]
    known = [keys for keys in known if keys in written.at]
    if not known:
        return None
    keys = rng.choice(known)
    lines = [line for number, line in enumerate(written.lines, 1) if number != written.at[keys]]
    above = written.at.get(keys[:-1]) if len(keys) > 1 else 1
    return Mutant(of=of, how="missing", text="\n".join(lines) + "\n", line=above, form=True, key=dotted(keys))


def _comma(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    picked = _pick(rng, written, lambda value: value.replace(".", "", 1).isdigit())
    if picked is None:
        return None
    _, line, key, _ = picked
    return Mutant(of=of, how="comma", text=_with_line(written, line, f"{key} = 31,5"), line=line, key=None)


def _truth(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    _, line, key, _ = _pick(rng, written, lambda _: True) or ((), 0, "", "")
    wrong = rng.choice(["True", "False", "None", "yes", ""])
    return Mutant(
        of=of, how=f"value {wrong!r}", text=_with_line(written, line, f"{key} = {wrong}"), line=line, key=None
    )


def _unquoted(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    picked = _pick(rng, written, lambda value: value.startswith('"') and value[1:2].isalpha())
    if picked is None:
        return None
    _, line, key, value = picked
    wrong = rng.choice([value.strip('"'), value[:-1], f"\u201c{value.strip(chr(34))}\u201d"])
    return Mutant(of=of, how="quotes", text=_with_line(written, line, f"{key} = {wrong}"), line=line, key=None)


def _twice(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    keys, line, _, _ = _pick(rng, written, lambda _: True) or ((), 0, "", "")
    lines = [*written.lines[:line], written.lines[line - 1], *written.lines[line:]]
    return Mutant(of=of, how="twice", text="\n".join(lines) + "\n", line=line + 1, key=dotted(keys))


def _unclosed(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    picked = _pick(rng, written, lambda value: value[0] in "[{" and value[-1] in "]}")
    if picked is None:
        return None
    _, line, key, value = picked
    return Mutant(of=of, how="unclosed", text=_with_line(written, line, f"{key} = {value[:-1]}"), line=line, key=None)


def _bytes(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    """A few signs changed, lost or doubled anywhere: what that is, nobody knows."""
    text = written.text
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(text))
        text = (
            text[:place]
            + rng.choice(["", "\x00", '"', "[", "]", "{", "=", "\n", "\t", "é", "#", "'''"])
            + text[place + 1 :]
        )
    return Mutant(of=of, how="bytes", text=text, line=None, key=None, broken=False)


def _shuffled(rng: random.Random, of: str, data: Made, written: Written) -> Mutant | None:
    lines = [*written.lines]
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return Mutant(of=of, how="shuffled", text="\n".join(lines) + "\n", line=None, key=None, broken=False)


@dataclass(slots=True)
class Counts:
    """What became of some mutants."""

    mutants: int = 0
    tracebacks: int = 0
    hangs: int = 0
    silent: int = 0
    with_key: int = 0
    right_key: int = 0
    with_line: int = 0
    right_line: int = 0

    def told(self) -> str:
        """One line for people."""
        keys = 100.0 * self.right_key / max(self.with_key, 1)
        lines = 100.0 * self.right_line / max(self.with_line, 1)
        return (
            f"{self.mutants} mutants: {self.tracebacks} tracebacks, {self.hangs} hangs, {self.silent} broken rules "
            f"passed in silence; right key {keys:.2f} % of {self.with_key}, "
            f"right line {lines:.2f} % of {self.with_line}"
        )


def judge(one: Mutant, path: Path, counts: Counts, odd: list[str] | None = None) -> bool:
    """Load a mutant and count what comes of it; whether it was refused."""
    path.write_text(one.text, encoding="utf-8", errors="surrogateescape")
    counts.mutants += 1
    started = time.process_time()
    message: str | None = None
    try:
        LOADERS[one.of](path)
    except UserInputError as fault:
        message = str(fault)
    except Exception as error:  # what is counted here
        counts.tracebacks += 1
        message = f"{type(error).__name__}: {error}"
        _odd(odd, one, message)
    counts.hangs += time.process_time() - started > SLOW_S
    if one.broken and message is None:
        counts.silent += 1
        _odd(odd, one, "passed in silence")
    if message is not None and one.broken:
        _places(one, path, message, counts, odd)
    return message is not None


def _places(one: Mutant, path: Path, message: str, counts: Counts, odd: list[str] | None) -> None:
    told = message.splitlines()
    if one.key is not None:
        counts.with_key += 1
        found = any(f": {one.key}: " in line or f": {one.key}." in line for line in told)
        counts.right_key += found
        if not found:
            _odd(odd, one, f"key {one.key}: {message}")
    if one.line is not None:
        counts.with_line += 1
        found = any(line.startswith(f"{path}:{one.line}:") for line in told)
        counts.right_line += found
        if not found:
            _odd(odd, one, f"line {one.line}: {message}")


def _odd(odd: list[str] | None, one: Mutant, what: str) -> None:
    if odd is not None:
        odd.append(f"{one.of}, {one.how}: {what[:400]}")


def main(arguments: Sequence[str]) -> int:
    """Count, and print what was odd; 1 where a bound is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="odd ones to print")
    given = parser.parse_args(arguments)
    counts, odd = Counts(), list[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
        (folder / COURSE_SCHEMA_FILE).write_text(course_schema_text(), encoding="utf-8")
        for number in range(given.first, given.first + given.count):
            one = mutant(number)
            judge(one, folder / "mutant.toml", counts, odd)
    print(counts.told())
    print("\n".join(odd[: given.show]))
    good = counts.right_key >= 0.99 * counts.with_key and counts.right_line >= 0.97 * counts.with_line
    return int(bool(counts.tracebacks or counts.hangs or counts.silent) or not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
