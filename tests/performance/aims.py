"""Aims: the figures that are asked of the simulator, what each should be, and where the result keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One figure.

    Attributes:
        key: its name at the top of the result
        path: where its part keeps it
        asked: in words
        unit: of the figure
        aim: what it should be; empty where nothing was set
    """

    key: str
    path: tuple[str, ...]
    asked: str
    unit: str
    aim: str = ""


AIMS = (
    Aim(
        key="ctf_presses_per_s",
        path=("press", "worst", "presses_per_s"),
        asked="Presses one after another, worst pose",
        unit="1/s",
        aim="10 or more",
    ),
    Aim(
        key="ctf_press_p95_ms",
        path=("press", "worst", "wall_ms", "p95"),
        asked="A press, worst pose, 95th percentile",
        unit="ms",
    ),
    Aim(
        key="ctf_press_median_ms",
        path=("press", "worst", "wall_ms", "median"),
        asked="A press, worst pose, median",
        unit="ms",
        aim="100 or less",
    ),
    Aim(key="astra_ratio", path=("peer", "ratio"), asked="ASTRA's time over that of a press", unit="times"),
    Aim(
        key="astra_ratio_first_press",
        path=("peer", "ratio_first_press"),
        asked="ASTRA's time over that of a first press at new planes",
        unit="times",
    ),
    Aim(
        key="astra_ratio_same_work",
        path=("peer", "ratio_same_work"),
        asked="ASTRA's time over ours for the same work",
        unit="times",
    ),
    Aim(
        key="late_images",
        path=("continuous", "late"),
        asked="Images late at ten a second for a minute",
        unit="images",
        aim="0",
    ),
    Aim(
        key="table_step_ms",
        path=("table", "one_slice_ms", "median"),
        asked="Table moved by a slice, nothing computed ahead",
        unit="ms",
        aim="250 or less",
    ),
    Aim(
        key="planning_scan_s",
        path=("planning", "first_s"),
        asked="Planning scan of 80 mm at 3 mm, the first",
        unit="s",
    ),
    Aim(
        key="first_image_warm_s",
        path=("start", "warm", "first_image_s"),
        asked="Start of the process to the first picture, kernels compiled",
        unit="s",
    ),
    Aim(
        key="first_image_fresh_s",
        path=("start", "fresh", "first_image_s"),
        asked="The same from an empty cache",
        unit="s",
    ),
    Aim(
        key="peak_rss_mb",
        path=("start", "warm", "peak_rss_mb"),
        asked="Peak memory of a whole lumbar case",
        unit="MB",
    ),
    Aim(
        key="press_peak_rss_mb",
        path=("press", "peak_rss_mb"),
        asked="Peak memory of presses alone, with patient and patch",
        unit="MB",
    ),
)


def found(parts: dict[str, Any], path: tuple[str, ...]) -> Any:
    """What lies at a path; None where a part was not measured or has nothing there."""
    value: Any = parts
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def headline(parts: dict[str, Any]) -> dict[str, Any]:
    """Every figure by its key."""
    return {aim.key: found(parts, aim.path) for aim in AIMS}
