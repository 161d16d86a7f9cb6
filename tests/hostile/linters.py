"""Two linters of TOML against `check`: `python -m tests.hostile.linters [--count N] [--first N] [--show N]`.

Taplo and Tombi read the schemas that ship. Each file is a mutant of a case or course whose form is broken, or, one in
five, a valid file that `valid_files` draws; each linter must judge it as `check` does. The command prints agreement and
disagreement by what was broken, and ends with 1 where there is disagreement, and with 0 where a linter is absent.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simulator.scenario.json_schema import COURSE_SCHEMA_FILE, SCHEMA_FILE, course_schema_text, schema_text
from tests.hostile.case_mutants import Counts, Mutant, judge, mutant
from tests.hostile.toml_text import Written
from tests.hostile.valid_files import add_picture, valid_file

LINTERS = {"taplo": ("taplo", "lint"), "tombi": ("tombi", "lint", "--offline", "--quiet")}
LONGEST_S = 60
VALID_EVERY = 5


@dataclass(slots=True)
class Agreement:
    """How often each linter judged as `check` did.

    Attributes:
        asked: files, by what was broken
        agreed: by linter and what was broken
        odd: each disagreement in words
    """

    asked: Counter[str] = field(default_factory=Counter)
    agreed: Counter[tuple[str, str]] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Lines for people: what was broken, how many files, on how many each linter agreed."""
        rows = [f"{'what was broken':<24}{'files':>7}" + "".join(f"{name:>8}" for name in LINTERS)]
        for how, asked in sorted(self.asked.items()):
            rows.append(f"{how:<24}{asked:>7}" + "".join(f"{self.agreed[name, how]:>8}" for name in LINTERS))
        total = sum(self.asked.values())
        agreed = {name: sum(self.agreed[name, how] for how in self.asked) for name in LINTERS}
        return "\n".join([*rows, f"{'together':<24}{total:>7}" + "".join(f"{agreed[name]:>8}" for name in LINTERS)])


def files_to_judge(first: int) -> Iterator[Mutant]:
    """Mutants of the form of cases and courses, and valid ones among them, from a number on without end."""
    number, given = first, 0
    while True:
        number += 1
        one = _valid(number) if given % VALID_EVERY == 0 else mutant(number)
        if one.form and one.of != "study":
            given += 1
            yield one


def _valid(number: int) -> Mutant:
    """A valid file as a mutant with which nothing is wrong."""
    kind, data = valid_file(number)
    return Mutant(of=kind, how="nothing", text=Written(data).text, key=None, line=None, form=True, broken=False)


def compare(one: Mutant, folder: Path, found: Agreement) -> None:
    """Have one file judged by all, and count who agrees with `check`.

    Args:
        folder: that holds both schemas and the picture of valid cases
    """
    refused = judge(one, folder / "judged.toml", Counts())
    schema = COURSE_SCHEMA_FILE if one.of == "course" else SCHEMA_FILE
    (folder / "linted.toml").write_text(f"#:schema {schema}\n{one.text}", encoding="utf-8")
    found.asked[one.how] += 1
    for name, line in LINTERS.items():
        done = subprocess.run([*line, "linted.toml"], cwd=folder, capture_output=True, text=True, timeout=LONGEST_S)
        if (done.returncode != 0) == refused:
            found.agreed[name, one.how] += 1
        else:
            told = (done.stdout + done.stderr).strip()[:300] or "sound"
            found.odd.append(
                f"{name}: {one.of}, {one.how}, {one.key}; check: {'refused' if refused else 'sound'}; {told}"
            )


def prepared(folder: Path) -> Path:
    """A folder with what the linters and `check` read beside a file."""
    (folder / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    (folder / COURSE_SCHEMA_FILE).write_text(course_schema_text(), encoding="utf-8")
    add_picture(folder)
    return folder


def absent() -> list[str]:
    """Linters that are not installed."""
    return [name for name in LINTERS if shutil.which(name) is None]


def main(arguments: Sequence[str]) -> int:
    """Compare so many files; 1 where a linter disagrees with `check`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=800_000)
    parser.add_argument("--show", type=int, default=20, help="disagreements to print")
    given = parser.parse_args(arguments)
    if absent():
        print(f"skipped: {' and '.join(absent())} not installed: pip install {' '.join(absent())}")
        return 0
    found = Agreement()
    with tempfile.TemporaryDirectory() as name:
        folder = prepared(Path(name))
        for _, one in zip(range(given.count), files_to_judge(given.first), strict=False):
            compare(one, folder, found)
    print(found.table())
    print("\n".join(found.odd[: given.show]))
    return int(bool(found.odd))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
