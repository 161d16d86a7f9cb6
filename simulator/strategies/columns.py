"""Columns: the data dictionary of a study's table: every column, its type, unit and meaning.

Types do not depend on the data: a column of whole numbers stays one where most of it is empty, or all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulator.strategies.study import Study
from simulator.vocabulary.scoring import Component, MetricId, Unit
from simulator.wording.english import ENGLISH

METRIC, COMPONENT = "metric_", "component_"


class Kind(StrEnum):
    """Type of a column, as Apache Arrow names it."""

    TEXT = "string"
    TRUTH = "bool"
    WHOLE = "int64"
    NUMBER = "float64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the table.

    Attributes:
        unit: "" for texts, shares and truth values
        meaning: in words
    """

    name: str
    kind: Kind
    unit: str
    meaning: str


def _text(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, unit="", meaning=meaning)


def _truth(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.TRUTH, unit="", meaning=meaning)


def _count(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.WHOLE, unit="count", meaning=meaning)


def _number(name: str, unit: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, unit=unit, meaning=meaning)


HEAD = (
    _text("key", "name of the run: digest of scenario, operator, settings, seed, limits and code"),
    _text("scenario", "case, by the name of its file"),
    _text("operator", "who treated"),
)
SEED = Column(name="seed", kind=Kind.WHOLE, unit="", meaning="root of all chance of the run")
RESULTS = (
    _text("status", "how the run ended: finished, command limit, raised, nonsense, time limit, memory limit, died, "
          "not repeatable"),
    _text("reason", "why it did not end well; empty where it did"),
    _truth("commands_repeated", "whether a second process gave the same commands for the same views; empty where "
           "none was asked"),
    _count("commands", "commands that were given, refused ones included"),
    _count("refused_commands", "commands that the engine refused"),
    _truth("success", "first millilitre of blood in an accepted zone and level, or rightly none; no dural puncture; "
           "the operator ended the run itself"),
    _truth("safe_success", "a success without harm and without luck: no cap of harm, of an unseen needle, a blind "
           "advance or the plunger alone"),
    _truth("dural_puncture", "whether the dura was punctured at any time"),
    _truth("harm", "dural puncture, or a cap of harm: cord contact, blood in sac, dura or a vein, a compressed nerve"),
    _number("score", "", "0 to 100, after the caps"),
    _text("caps", "what limited the score, by identity, the gravest first"),
    _text("cap_reason", "the same in words"),
    _text("compartment", "where the first millilitre of blood left the bevel; empty where none was given"),
    _text("zone", "zone of the epidural space there"),
    _text("level", "interspace there"),
    _number("tip_to_target_mm", "mm", "from the tip to the planned target at the first millilitre"),
    _number("dural_margin_mm", "mm", "from the tip to the dura at the first millilitre, positive outside"),
    _number("dlp_planning_mgy_cm", "mGy.cm", "dose-length product of planning scans"),
    _number("dlp_guidance_mgy_cm", "mGy.cm", "dose-length product of guidance"),
    _number("dlp_confirmation_mgy_cm", "mGy.cm", "dose-length product of control scans"),
    _number("dlp_total_mgy_cm", "mGy.cm", "the three together"),
    _number("effective_dose_msv", "mSv", "of the patient, by the conversion factor of the region"),
    _number("operator_usv", "uSv", "of the operator, above the apron"),
    _number("hand_usv", "uSv", "of the hand at the needle"),
    _number("blood_ml", "mL", "blood mixture injected"),
    _number("epidural_ml", "mL", "of it in the epidural space"),
    _number("levels_reached", "levels", "length of the blood over the height of a level"),
    _number("covered_share", "", "share of the leak zone that blood covers"),
    _number("seal_probability", "", "chance that the headache is gone for good"),
    _truth("relief", "whether it is gone within a day"),
    Column(name="relapse_day", kind=Kind.WHOLE, unit="d", meaning="day of its coming back; empty where it does not"),
    _number("relief_probability", "", "chance that it is gone within a day"),
    _count("second_holes", "holes that needles left in the dura"),
    _count("second_holes_covered", "of these, holes that blood covers by half or more"),
    _truth("rebound_hypertension", "whether the pressure within the skull is now too high"),
    _text("next_day", "what the patient reports on the next day"),
    _count("presses", "presses of the pedal"),
    _count("ctf_images", "images of CT fluoroscopy"),
    _number("beam_on_s", "s", "beam-on time of CT fluoroscopy"),
    _count("redirects", "changes of the needle's direction in tissue"),
    _count("skin_punctures", "punctures of the skin"),
    _number("needle_time_s", "s", "from the first puncture of the skin to the needle's leaving it"),
    _number("blind_mm", "mm", "longest way near the dura between two looks"),
    _number("advance_per_image_mm", "mm", "progress between shots: median way of the needle between two images"),
    _number("procedure_s", "s", "of the whole procedure"),
    *(_number(f"{COMPONENT}{part}", "", f"part of the score: {part}, 0 to 1")
      for part in Component if part is not Component.PATCH),
)  # fmt: skip

_OF_UNIT: dict[Unit, tuple[MetricId, ...]] = {
    Unit.MILLIMETRE: (
        MetricId.LEVEL_OFFSET,
        MetricId.TIP_TO_TARGET,
        MetricId.DURAL_MARGIN,
        MetricId.BLIND_ADVANCE,
        MetricId.LONGEST_BLIND_WAY,
        MetricId.DURA_TENTING,
        MetricId.PATH_LENGTH,
        MetricId.PATH_IN_TISSUE,
    ),
    Unit.SQUARE_MILLIMETRE: (MetricId.TISSUE_DAMAGE,),
    Unit.DEGREE: (MetricId.ANGLE_TO_PLAN, MetricId.ROTATION_TOTAL),
    Unit.SECOND: (MetricId.CRITICAL_DWELL, MetricId.BEAM_TIME, MetricId.ELAPSED_TIME, MetricId.TIME_IN_TISSUE),
    Unit.MINUTE: (MetricId.TIME_WITH_NEEDLE, MetricId.ROOM_TIME),
    Unit.PERCENT: (MetricId.INFECTION_RISK, MetricId.PATH_INEFFICIENCY),
    Unit.COUNT: (MetricId.TISSUE_PUNCTURES, MetricId.TRANSLATIONAL_ACTIONS),
    Unit.DOSE_LENGTH_PRODUCT: (MetricId.DLP_GUIDANCE, MetricId.DLP_PLANNING, MetricId.DLP_CONFIRMATION),
    Unit.MILLISIEVERT: (MetricId.EFFECTIVE_DOSE,),
    Unit.MICROSIEVERT: (MetricId.OPERATOR_DOSE,),
    Unit.MILLILITRE: (MetricId.EPIDURAL_VOLUME, MetricId.BLOOD_VOLUME, MetricId.BLOOD_AFTER_CUE),
}
UNITS: dict[MetricId, Unit] = {
    **dict.fromkeys(MetricId, Unit.NONE),
    **{metric: unit for unit, metrics in _OF_UNIT.items() for metric in metrics},
}
"""Unit of each metric; a test holds them against scorecards."""

METRICS = tuple(
    Column(name=f"{METRIC}{one}", kind=Kind.NUMBER, unit=str(UNITS[one]), meaning=ENGLISH.metrics[one].name)
    for one in MetricId
)
TAIL = (
    _text("hands", "hands that carried the commands out"),
    _text("rubric_digest", "of the rubric's numbers"),
    _text("phantom_digest", "of the patient"),
    _text("state_digest", "chained over all commands and events: runs that share it went the same way"),
    _text("versions", "of what bit-identical replay depends on"),
    _text("code", "digest of the program's own source"),
    _truth("mixed_code", "whether another state of the code made this row than makes the others"),
)


COMPARED = (
    _text("scenario", "case"),
    _text("outcome", "column of the table"),
    _text("first", "operator and setting"),
    _text("second", "operator and setting that are compared with the first"),
    _count("pairs", "seeds of which both have the outcome"),
    _number("difference", "", "second less first: of shares, or the mean of the differences, in the outcome's unit"),
    _number("low_95", "", "lower end of its 95 % interval"),
    _number("high_95", "", "upper end"),
    _number("p_value", "", "two-sided, exact"),
    _number("p_holm", "", "corrected for all comparisons of the outcome"),
)
"""Columns of `comparisons.csv`."""
TOLD_APART = (
    _text("scenario", "case"),
    _text("column", "column of the table"),
    _text("first", "operator and setting"),
    _text("second", "operator and setting that are told from the first"),
    _count("seeds", "of which both have a value"),
    _number("auc", "", "chance that the second has the greater value, ties counted half"),
    _number("low_95", "", "lower end of its 95 % interval"),
    _number("high_95", "", "upper end"),
)
"""Columns of `auc.csv`."""


def columns_of(study: Study) -> tuple[Column, ...]:
    """Every column of a study's table, in order."""
    given = tuple(
        Column(
            name=key,
            kind=_kind_of([dict(point)[key] for point in study.points if key in dict(point)]),
            unit="",
            meaning="setting of the grid, as the scenario's schema has it",
        )
        for key in study.grid_keys
    )
    return (*HEAD, *given, SEED, *RESULTS, *METRICS, *TAIL)


def plain_cell(column: Column, value: Any) -> Any:
    """A value as its column's type holds it."""
    if value is None:
        return None
    if column.kind is Kind.TEXT:
        return value if isinstance(value, str) else json.dumps(value)
    if column.kind is Kind.NUMBER:
        return float(value)
    return bool(value) if column.kind is Kind.TRUTH else int(value)


def _kind_of(values: Sequence[Any]) -> Kind:
    """Type of a setting: what all its values in the study have in common."""
    if all(isinstance(value, bool) for value in values):
        return Kind.TRUTH
    if any(isinstance(value, bool) for value in values):
        return Kind.TEXT
    return Kind.NUMBER if all(isinstance(value, int | float) for value in values) else Kind.TEXT
