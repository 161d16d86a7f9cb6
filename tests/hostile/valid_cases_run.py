"""Valid cases are built and treated to the end: `python -m tests.hostile.valid_cases_run FILE [--count N] [--first N]`.

The cases are those of `valid_files.py`, without bounds on whom may be drawn: bounds at random leave nobody. Each is
built, treated by the autopilot, finished and scored, and a line for it is appended to FILE; what stands there is not
done again. A patient who cannot be, such as one who does not fit into the scanner, is told by a message and counted
apart; whatever a case then scores, it may not end in an error, at which the command ends with 1.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import UserInputError
from simulator.scenario.build import build_from_file
from simulator.scenario.load import load_scenario
from tests.hostile.toml_text import Written
from tests.hostile.valid_files import add_picture, valid_file
from tests.hostile.valid_meaning import Made

ENDED, TOLD, FAULT = "ended", "told that there is no such patient", "fault"


def valid_cases(first: int) -> Iterator[tuple[int, Made]]:
    """Numbers and tables of valid cases, from a number of `valid_file` on."""
    for number in itertools.count(first):
        kind, data = valid_file(number)
        if kind == "case" and "reject_if" not in data:
            yield number, data


def treated(data: Made, folder: Path) -> dict[str, object]:
    """What became of a case: how it ended, with its score or what went wrong."""
    path = folder / "valid.toml"
    path.write_text(Written(data).text, encoding="utf-8")
    try:
        run = build_from_file(load_scenario(path), seed=1).run()
    except UserInputError as message:
        return {"end": TOLD, "why": str(message)}
    except Exception:
        return {"end": FAULT, "why": traceback.format_exc()}
    return {"end": ENDED, "score": run.scorecard.score}


def main(arguments: Sequence[str]) -> int:
    """Treat what is missing, and print how many ended; 1 where one did not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--first", type=int, default=1)
    given = parser.parse_args(arguments)
    known = {row["number"]: row for row in _rows(given.file)}
    asked = list(itertools.islice(valid_cases(given.first), given.count))
    with tempfile.TemporaryDirectory() as name:
        add_picture(Path(name))
        for number, data in asked:
            if number not in known:
                known[number] = {"number": number, **treated(data, Path(name))}
                with given.file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(known[number]) + "\n")
    ends = [known[number]["end"] for number, _ in asked]
    print(", ".join(f"{ends.count(one)} {one}" for one in (ENDED, TOLD, FAULT)))
    for number, _ in asked:
        if known[number]["end"] == FAULT:
            print(f"{number}: {known[number]['why']}")
    return int(FAULT in ends)


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
