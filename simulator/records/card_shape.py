"""Card shape: what a recorded scorecard must hold for those who read it without carrying the session out again."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_OPEN = ConfigDict(extra="allow")  # what else a version says of a procedure is its own


@with_config(_OPEN)
class _Shares(TypedDict):
    """Of the five components, or their weights."""

    placement: _Share
    safety: _Share
    dose: _Share
    economy: _Share
    patch: _Share


@with_config(_OPEN)
class _Placement(TypedDict):
    compartment: str | None
    level: str | None


@with_config(_OPEN)
class _Complication(TypedDict):
    kind: str
    at_ms: int
    recognised: bool


@with_config(_OPEN)
class _Total(TypedDict):
    effective_dose_msv: float


@with_config(_OPEN)
class _Dose(TypedDict):
    by_phase: dict[str, dict[str, Any]]
    total: _Total


@with_config(_OPEN)
class _Metric(TypedDict):
    name: str
    value: float | None
    unit: str
    reference: str
    source: str
    phase: str
    utility: _Share | None


@with_config(_OPEN)
class CardShape(TypedDict):
    """A scorecard, as far as cohort, comparison and index look at it."""

    scenario: str
    operator: str
    score: Annotated[float, Field(ge=0.0, le=100.0)]
    cap_reason: str | None
    components: _Shares
    weights: _Shares
    placement: _Placement
    complications: list[_Complication]
    dose: _Dose
    metrics: list[_Metric]
    rightly_abandoned: NotRequired[bool]
