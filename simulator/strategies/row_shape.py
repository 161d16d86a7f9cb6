"""Row shape: what a run of a study can give, column by column, for whoever reads a row that was written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from simulator.records.strict_json import json_line
from simulator.strategies.study import Trial

FINISHED = "finished"
_Text = Annotated[str, Field(max_length=10_000)]
_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Amount = Annotated[float, Field(ge=0.0, le=1e9)]
_Length = Annotated[float, Field(ge=-1e4, le=1e4)]
_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


@with_config(ConfigDict(extra="ignore"))  # keys of the grid, and what another version measures
class RowShape(TypedDict):
    """One run, flat as the table whose columns it checks. What a run that ended badly cannot have is null."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{1,64}$")]
    scenario: _Text
    operator: _Text
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    status: NotRequired[_Text]
    success: NotRequired[bool | None]
    dural_puncture: NotRequired[bool | None]
    score: NotRequired[Annotated[float, Field(ge=0.0, le=100.0)] | None]
    cap_reason: NotRequired[_Text | None]
    compartment: NotRequired[_Text | None]
    zone: NotRequired[_Text | None]
    level: NotRequired[_Text | None]
    tip_to_target_mm: NotRequired[_Length | None]
    dural_margin_mm: NotRequired[_Length | None]
    dlp_planning_mgy_cm: NotRequired[_Amount | None]
    dlp_guidance_mgy_cm: NotRequired[_Amount | None]
    dlp_confirmation_mgy_cm: NotRequired[_Amount | None]
    dlp_total_mgy_cm: NotRequired[_Amount | None]
    effective_dose_msv: NotRequired[_Amount | None]
    blood_ml: NotRequired[_Amount | None]
    epidural_ml: NotRequired[_Amount | None]
    levels_reached: NotRequired[_Amount | None]
    covered_share: NotRequired[_Share | None]
    seal_probability: NotRequired[_Share | None]
    relief_probability: NotRequired[_Share | None]
    relief: NotRequired[bool | None]
    relapse_day: NotRequired[_Count | None]
    second_holes: NotRequired[_Count | None]
    second_holes_covered: NotRequired[_Count | None]
    rebound_hypertension: NotRequired[bool | None]
    next_day: NotRequired[_Text | None]
    presses: NotRequired[_Count | None]
    ctf_images: NotRequired[_Count | None]
    beam_on_s: NotRequired[_Amount | None]
    advance_per_image_mm: NotRequired[_Length | None]
    procedure_s: NotRequired[_Amount | None]
    hands: NotRequired[_Text | None]
    rubric_digest: NotRequired[_Text | None]
    phantom_digest: NotRequired[_Text | None]
    state_digest: NotRequired[_Text | None]
    versions: NotRequired[_Text | None]


OF_EVERY_FINISHED_RUN = (
    "success",
    "dural_puncture",
    "score",
    "dlp_total_mgy_cm",
    "dlp_guidance_mgy_cm",
    "levels_reached",
    "seal_probability",
    "relief",
    "ctf_images",
    "state_digest",
)
"""Columns without which nothing can be said of a run."""

_ROW = TypeAdapter(RowShape)


def row_fault(row: dict[str, Any]) -> str | None:
    """What no run can have given, in words; None where a row is one."""
    try:
        _ROW.validate_json(json_line(row), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        return f"no run gives such a row: {dotted or 'the row'}: {item['msg']}"
    if row.get("status", FINISHED) == FINISHED:
        for name in OF_EVERY_FINISHED_RUN:
            if row.get(name) is None:
                return f"no run gives such a row: {name} is missing"
    if row.get("success") and row.get("dural_puncture"):
        return "no run gives such a row: a success has no dural puncture"
    return None


def fitting_rows(
    trials: Iterable[Trial], known: Mapping[str, dict[str, Any]], say: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Rows without those that stand under the key of a run and say that they are of another one.

    Args:
        trials: of the study
        known: rows by key; those of no run of the study stay
        say: told of every row that is left out, a sentence each
    """
    kept = dict(known)
    for trial in trials:
        row = known.get(trial.key)
        if row is None:
            continue
        wanted = {"key": trial.key, "scenario": trial.scenario, "operator": trial.operator, "seed": trial.seed}
        apart = [name for name, value in {**wanted, **dict(trial.point)}.items() if row.get(name) != value]
        if apart:
            say(f"run {trial.key}: its row names another {', '.join(apart)}; this run is done again.")
            del kept[trial.key]
    return kept
