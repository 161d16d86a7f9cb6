"""Tables of a study: types that no data change, units in the schema, a dictionary, a million rows in little memory."""

from __future__ import annotations

import csv
import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.runs import score_session
from simulator.scenario.build import Case
from simulator.strategies import table
from simulator.strategies.columns import METRICS, RESULTS, UNITS, Kind, columns_of
from simulator.strategies.study_file import load_study
from simulator.strategies.table import IDENTITY, LONG, long_rows, write_csv, write_dictionary, write_parquet
from simulator.strategies.trial import outcome
from simulator.vocabulary.scoring import MetricId
from tests.conftest import PROJECT
from tests.performance.gauges import peak_mb
from tests.studies import write_study

COLUMNS = (*RESULTS, *METRICS)


def schema(rows: list[dict[str, Any]], path: Path) -> Any:
    assert write_parquet(rows, COLUMNS, path)
    return pyarrow.parquet.read_schema(path)


def test_types_do_not_depend_on_the_data(tmp_path: Path) -> None:
    without = schema([{"relapse_day": None, "score": 50, "success": True}], tmp_path / "a.parquet")
    with_one = schema([{"relapse_day": 3, "score": 50.5, "reason": "x"}], tmp_path / "b.parquet")
    empty = schema([], tmp_path / "c.parquet")
    assert without == with_one == empty
    assert str(without.field("relapse_day").type) == "int64"
    assert str(without.field("score").type) == "double"


def test_units_and_meanings_stand_in_the_schema_and_the_dictionary(tmp_path: Path) -> None:
    found = schema([], tmp_path / "a.parquet")
    assert found.field("dlp_total_mgy_cm").metadata[b"unit"] == b"mGy.cm"
    write_dictionary(COLUMNS, tmp_path / "columns.csv")
    with (tmp_path / "columns.csv").open(newline="") as file:
        rows = {row["column"]: row for row in csv.DictReader(file)}
    assert list(rows) == [column.name for column in COLUMNS] == found.names
    assert rows["needle_time_s"]["unit"] == "s"
    assert all(row["meaning"] for row in rows.values())


def test_grid_columns_take_their_type_from_the_study(tmp_path: Path) -> None:
    grid = '[grid]\n"limits.blood_ml" = [8, 16.5]\n"scanner.hand_protection" = [true, false]'
    grid += '\n"scanner.scan_arcs_deg" = [[360], [360, 240]]'
    kinds = {one.name: one.kind for one in columns_of(load_study(write_study(tmp_path, grid=grid)))}
    assert kinds["limits.blood_ml"] is Kind.NUMBER
    assert kinds["scanner.hand_protection"] is Kind.TRUTH
    assert kinds["scanner.scan_arcs_deg"] is Kind.TEXT


def test_a_row_has_every_column_and_metrics_have_the_units_of_the_scorecard(make_case: Any) -> None:
    case: Case = make_case()
    session = Session(case.world)
    pushed = (c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4"), c.Advance(distance_mm=9.0))
    for command in (*pushed, c.Wait(duration_s=60.0), c.Withdraw(distance_mm=100.0), c.Finish()):
        session.do(command)
    row = outcome(case, session, "x")
    assert {column.name for column in COLUMNS} <= row.keys()
    card = score_session(case, session, "x")
    units = {one.name: one.unit for one in card.metrics if isinstance(one.name, MetricId)}
    assert {name: UNITS[name] for name in units} == units
    assert row["skin_punctures"] == 1
    assert row["needle_time_s"] == pytest.approx(60.0 * row["metric_time_with_needle"], rel=1e-5)
    assert row["needle_time_s"] > 50.0
    assert row["operator_usv"] == 0.0


def test_long_table_has_a_row_for_each_metric(tmp_path: Path) -> None:
    rows = [{"key": "a", "scenario": "s", "operator": "o", "seed": 1, "metric_seal": 0.5}]
    found = list(long_rows(rows, METRICS))
    assert len(found) == len(MetricId)
    assert [one["value"] for one in found if one["metric"] == "seal"] == [0.5]
    assert write_parquet(found, [*IDENTITY, *LONG], tmp_path / "long.parquet")


def test_a_full_disk_leaves_no_half_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.csv"
    path.write_text("what was there")

    def full(column: Any, value: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(table, "plain_cell", full)
    for write in (write_csv, write_parquet):
        with pytest.raises(UserInputError, match=r"No space left on device.*--resume"):
            write([{"score": 1.0}], COLUMNS, path)
        assert path.read_text() == "what was there"
        assert list(tmp_path.iterdir()) == [path]


def many(count: int) -> Iterator[dict[str, Any]]:
    """Rows as a study of this many runs has them."""
    for number in range(count):
        yield {
            **{one.name: number * 0.5 for one in COLUMNS if one.kind is Kind.NUMBER},
            **{one.name: number % 40 for one in COLUMNS if one.kind is Kind.WHOLE},
            **{one.name: number % 3 == 0 for one in COLUMNS if one.kind is Kind.TRUTH},
            **{one.name: "lumbar" for one in COLUMNS if one.kind is Kind.TEXT},
        }


def written_and_read(count: int, folder: Path) -> int:
    """Megabytes that this process held at most while it wrote so many rows both ways and read them back."""
    write_csv(many(count), COLUMNS, folder / "table.csv")
    write_parquet(many(count), COLUMNS, folder / "table.parquet")
    read = 0
    for batch in pyarrow.parquet.ParquetFile(folder / "table.parquet").iter_batches(10_000):
        read += batch.num_rows
    assert read == count
    return int(peak_mb())


@pytest.mark.parametrize("count", [6_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_many_rows_take_less_than_a_gigabyte(count: int, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from tests.unit.test_study_tables import written_and_read"
    code += "; print(written_and_read(int(sys.argv[1]), Path(sys.argv[2])))"
    line = [sys.executable, "-c", code, str(count), str(tmp_path)]
    result = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert int(result.stdout) < 1000
