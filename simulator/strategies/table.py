"""Table: the rows of a study as files that statistics programs read."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from simulator.files.whole_file import replace_whole
from simulator.strategies.study import Study, Trial
from simulator.strategies.trial import Row


def in_order(study: Study, trials: Sequence[Trial], found: dict[str, Row]) -> list[Row]:
    """The rows that there are, in the order of the runs, every grid key a column of each."""
    rows = []
    for trial in trials:
        if trial.key in found:
            row = dict(found[trial.key])
            given = {key: row.pop(key, None) for key in study.grid_keys}
            head = {key: row.pop(key) for key in ("key", "scenario", "operator", "seed")}
            rows.append({**head, **given, **row})
    return rows


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Comma-separated values; null is an empty cell."""

    def write(beside: Path) -> None:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0] if rows else [])
            writer.writerows([[_plain(value) for value in row.values()] for row in rows])

    replace_whole(path, write)


def write_parquet(rows: Sequence[Row], path: Path) -> bool:
    """The same as Parquet; False where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        return False
    import pyarrow
    import pyarrow.parquet

    columns = {key: _unify_type([row[key] for row in rows]) for key in (rows[0] if rows else {})}
    replace_whole(path, lambda beside: pyarrow.parquet.write_table(pyarrow.table(columns), beside))
    return True


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _unify_type(values: list[Any]) -> list[Any]:
    """A grid may mix texts, lists and numbers, a column may not; whole and other numbers become floats."""
    plain = [_plain(value) for value in values]
    kinds = {type(value) for value in plain if value is not None}
    if kinds <= {int, float} and len(kinds) == 2:
        return [None if value is None else float(value) for value in plain]
    return plain if len(kinds) <= 1 else [None if value is None else str(value) for value in plain]
