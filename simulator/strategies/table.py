"""Table: the rows of a study as files that statistics programs read, written a few thousand rows at a time.

`table.csv` and `table.parquet` have a row for each run, `metrics.parquet` one for each metric of a run; `columns.csv`
is the dictionary of both, and Parquet holds it in its schema, too.
"""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import IO

from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.strategies.columns import HEAD, METRIC, SEED, Column, Kind, plain_cell
from simulator.strategies.outcome_row import Row

CHUNK = 5000  # rows held at once
IDENTITY = (*HEAD, SEED)
LONG = (
    Column(name="metric", kind=Kind.TEXT, unit="", meaning="identity of the metric"),
    Column(name="unit", kind=Kind.TEXT, unit="", meaning="unit of its value"),
    Column(name="value", kind=Kind.NUMBER, unit="", meaning="empty where the metric does not apply"),
)


def write_csv(rows: Iterable[Row], columns: Sequence[Column], path: Path) -> None:
    """Comma-separated values; null is an empty cell."""
    with _aside(path, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        for row in rows:
            writer.writerow([plain_cell(column, row.get(column.name)) for column in columns])


def write_dictionary(columns: Sequence[Column], path: Path) -> None:
    """The data dictionary: name, type, unit and meaning of every column."""
    with _aside(path, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("column", "type", "unit", "meaning"))
        writer.writerows((one.name, str(one.kind), one.unit, one.meaning) for one in columns)


def write_text(text: str, path: Path) -> None:
    """A text, whole or not at all."""
    with _aside(path) as file:
        file.write(text)


def write_parquet(rows: Iterable[Row], columns: Sequence[Column], path: Path) -> bool:
    """The same as Parquet, types as the columns have them; False where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        return False
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(
        [
            pyarrow.field(
                one.name, pyarrow.type_for_alias(one.kind), metadata={"unit": one.unit, "meaning": one.meaning}
            )
            for one in columns
        ]
    )
    with _replaced(path) as part, pyarrow.parquet.ParquetWriter(part, schema) as writer:
        for chunk in _chunks(rows):
            cells = {one.name: [plain_cell(one, row.get(one.name)) for row in chunk] for one in columns}
            writer.write_table(pyarrow.table(cells, schema=schema))
    return True


def long_rows(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Row]:
    """A row for each metric of each run."""
    metrics = [column for column in columns if column.name.startswith(METRIC)]
    for row in rows:
        head = {column.name: row.get(column.name) for column in IDENTITY}
        for column in metrics:
            yield {
                **head,
                "metric": column.name.removeprefix(METRIC),
                "unit": column.unit,
                "value": row.get(column.name),
            }


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


@contextmanager
def _aside(path: Path, newline: str | None = None) -> Iterator[IO[str]]:
    """A text file that takes its name when it is whole."""
    with _replaced(path) as part, part.open("w", encoding="utf-8", newline=newline) as file:
        yield file


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A path beside this one, which takes its place when all went well; nothing of it is left where it did not.

    Raises:
        UserInputError: the disk is full, or the folder cannot be written.
    """
    part = path.with_name(f".unfinished-{secrets.token_hex(8)}{path.suffix}")
    try:
        yield part
        replace_whole(path, part.replace)
    except OSError as error:
        fix = "make room and go on with --resume: every run that was done is kept in the journal"
        raise UserInputError(str(path), f"this cannot be written ({error.strerror or error})", fix) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
