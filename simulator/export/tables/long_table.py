"""Long table: one row a value, so that sessions can be laid under one another; and what its columns mean."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path

from simulator.export.errors import missing_package
from simulator.export.finished_session import FinishedSession
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.scoring import Unit
from simulator.wording.english import ENGLISH

WHOLE_PROCEDURE = "all"


class Role(StrEnum):
    """What a value is to the score."""

    SCORE = "score"
    COMPONENT = "component"
    WEIGHT = "weight"
    METRIC = "metric"
    UTILITY = "utility"
    DOSE = "dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value of one session.

    Attributes:
        session: identifier derived from the record
        scenario: name of the case
        phase: part of the procedure, "all" where it is of the whole
        metric: what was measured, in English
        role: what it is to the score
        unit: of the value, empty for counts and fractions
        value: None where the metric does not apply
    """

    session: str
    scenario: str
    phase: str
    metric: str
    role: Role
    unit: str
    value: float | None


MEANINGS = {
    "session": "identifier of the session, derived from its record; the same in every export of it",
    "scenario": "name of the case",
    "phase": "part of the procedure that the value is of; 'all' for the whole",
    "metric": "what the value is; metrics in the words of the scorecard",
    "role": "score: 0 to 100 after caps; component: 0 to 1; weight: what a component is worth; metric: as measured; "
    "utility: 0 poor to 1 expert, as the rubric counts the metric; dose: of the ledger",
    "unit": "of the value, UCUM-like; empty for counts and fractions",
    "value": "number; empty where the metric does not apply to this session",
}
_DOSES = (("acquisitions", ""), ("beam_on_s", "s"), ("mas", "mAs"), ("ctdi_vol_mgy", "mGy"), ("dlp_mgy_cm", "mGy cm"),
          ("effective_dose_msv", "mSv"))  # fmt: skip


def session_rows(finished: FinishedSession) -> list[Row]:
    """Score, components, weights, metrics with their utilities, and doses of a session."""
    card = finished.card
    name = finished.identity.uuid("session").hex

    def row(metric: str, role: Role, value: float | None, unit: str = "", phase: str = WHOLE_PROCEDURE) -> Row:
        return Row(
            session=name, scenario=finished.scenario, phase=phase, metric=metric, role=role, unit=unit, value=value
        )

    rows = [row("score", Role.SCORE, card.score)]
    rows += [row(str(part), Role.COMPONENT, value) for part, value in card.components.items()]
    rows += [row(str(part), Role.WEIGHT, value) for part, value in card.weights.items()]
    for metric in card.metrics:
        phase = WHOLE_PROCEDURE if metric.phase is None else str(metric.phase)
        words = ENGLISH.metric_name(metric.name)
        rows.append(row(words, Role.METRIC, metric.value, str(metric.unit), phase))
        if metric.utility is not None:
            rows.append(row(words, Role.UTILITY, metric.utility, phase=phase))
    rows += [row(words, Role.DOSE, value, unit, phase) for phase, words, unit, value in _dose_values(card)]
    return rows


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write rows as CSV or Parquet, as the ending of the file's name has it.

    Raises:
        UserInputError: Parquet is asked for and pyarrow is not installed.
    """
    if path.name.lower().endswith(".csv"):
        _write_csv(path, [item.name for item in fields(Row)], [_as_text(row) for row in rows])
        return
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise missing_package("--table, as Parquet", "pyarrow") from error
    columns = {item.name: [getattr(row, item.name) for row in rows] for item in fields(Row)}
    texts = [(item.name, pyarrow.string()) for item in fields(Row) if item.name != "value"]
    schema = pyarrow.schema([*texts, ("value", pyarrow.float64())])
    columns["role"] = [str(role) for role in columns["role"]]
    parquet.write_table(pyarrow.table(columns, schema=schema), path)


def write_dictionary(path: Path) -> None:
    """Write what each column means, and which words stand in those of a closed set."""
    words = {"role": [str(role) for role in Role], "unit": [str(unit) for unit in Unit]}
    rows = [
        [
            item.name,
            "number" if item.name == "value" else "text",
            MEANINGS[item.name],
            "; ".join(words.get(item.name, [])),
        ]
        for item in fields(Row)
    ]
    _write_csv(path, ["column", "type", "meaning", "values"], rows)


def _dose_values(card: Scorecard) -> list[tuple[str, str, str, float]]:
    found = [
        (str(phase) + (" (given)" if dose.given else ""), name, unit, float(getattr(dose, name)))
        for phase, dose in card.dose.in_order()
        for name, unit in _DOSES
    ]
    total = card.dose.total
    found += [
        (WHOLE_PROCEDURE, f"dlp_mgy_cm, {phantom} phantom", "mGy cm", dlp)
        for phantom, dlp in sorted(total.dlp_mgy_cm_by_phantom.items())
    ]
    return [
        *found,
        (WHOLE_PROCEDURE, "effective_dose_msv", "mSv", total.effective_dose_msv),
        (WHOLE_PROCEDURE, "operator_usv", str(Unit.MICROSIEVERT), total.operator_usv),
        (WHOLE_PROCEDURE, "hand_usv", str(Unit.MICROSIEVERT), total.hand_usv),
    ]


def _as_text(row: Row) -> list[str]:
    return [
        "" if value is None else (repr(value) if isinstance(value, float) else str(value)) for value in astuple(row)
    ]


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
