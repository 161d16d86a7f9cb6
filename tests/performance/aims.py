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
        what: in words
        unit: of the figure
        asked: what it must be; empty where nothing was set
        aim: what it should be
    """

    key: str
    path: tuple[str, ...]
    what: str
    unit: str
    asked: str = ""
    aim: str = ""


AIMS = (
    Aim(
        key="ctf_presses_per_s",
        path=("press", "worst", "presses_per_s"),
        what="Presses one after another, worst pose",
        unit="1/s",
        asked="12",
        aim="18",
    ),
    Aim(
        key="ctf_press_p95_ms",
        path=("press", "worst", "wall_ms", "p95"),
        what="A press, worst pose, 95th percentile",
        unit="ms",
        asked="100 at most",
    ),
    Aim(
        key="ctf_press_median_ms",
        path=("press", "worst", "wall_ms", "median"),
        what="A press, worst pose, median",
        unit="ms",
    ),
    Aim(
        key="ctf_presses_per_s_best",
        path=("press", "best", "presses_per_s"),
        what="Presses one after another, best pose",
        unit="1/s",
    ),
    Aim(
        key="astra_ratio",
        path=("peer", "ratio"),
        what="ASTRA's time over that of a press",
        unit="times",
        asked="60",
        aim="90",
    ),
    Aim(
        key="astra_ratio_first_press",
        path=("peer", "ratio_first_press"),
        what="ASTRA's time over that of a first press at new planes",
        unit="times",
    ),
    Aim(
        key="astra_ratio_same_work",
        path=("peer", "ratio_same_work"),
        what="ASTRA's time over ours for the same work",
        unit="times",
    ),
    Aim(
        key="late_images",
        path=("continuous", "late"),
        what="Images late at ten a second for a minute",
        unit="images",
        asked="0",
    ),
    Aim(
        key="table_step_ms",
        path=("table", "one_slice_ms", "median"),
        what="Table moved by a slice, nothing computed ahead",
        unit="ms",
        asked="300 at most",
        aim="150",
    ),
    Aim(
        key="tilt_ratio",
        path=("tilt", "processor_ratio"),
        what="A press of a tilted gantry over an upright one, planes there",
        unit="times",
        asked="1.1 at most",
    ),
    Aim(
        key="planning_scan_s",
        path=("planning", "first_s"),
        what="Planning scan of 80 mm at 3 mm, the first",
        unit="s",
        asked="10 at most",
        aim="5",
    ),
    Aim(
        key="planning_other_kv_s",
        path=("planning", "other_kv_s"),
        what="The same at another tube voltage",
        unit="s",
        asked="6 at most",
    ),
    Aim(
        key="planning_other_mas_s",
        path=("planning", "other_mas_s"),
        what="The same at another tube load",
        unit="s",
        asked="2 at most",
    ),
    Aim(
        key="patient_whole_build_s",
        path=("patient", "whole", "build_s"),
        what="A whole spine built, C1 to S1",
        unit="s",
        asked="60 at most",
        aim="25",
    ),
    Aim(
        key="patient_lumbar_build_s",
        path=("patient", "lumbar", "build_s"),
        what="The lumbar patient built, five levels",
        unit="s",
        asked="8 at most, for four levels",
    ),
    Aim(
        key="patient_whole_load_s",
        path=("patient", "whole", "load_s"),
        what="A whole spine from the cache",
        unit="s",
        asked="0.5 at most",
    ),
    Aim(
        key="patient_lumbar_load_s",
        path=("patient", "lumbar", "load_s"),
        what="The lumbar patient from the cache",
        unit="s",
        asked="0.5 at most",
    ),
    Aim(
        key="patient_whole_voxels_mb",
        path=("patient", "whole", "voxels_mb"),
        what="Voxels of a whole spine",
        unit="MB",
        asked="400 at most",
    ),
    Aim(
        key="first_image_warm_s",
        path=("start", "warm", "first_image_s"),
        what="Start of the process to the first picture, kernels compiled",
        unit="s",
        asked="3 at most",
        aim="1.5",
    ),
    Aim(
        key="first_image_fresh_s",
        path=("start", "fresh", "first_image_s"),
        what="The same from an empty cache, compilation included",
        unit="s",
        asked="45 at most",
        aim="30",
    ),
    Aim(
        key="peak_rss_mb",
        path=("start", "warm", "peak_rss_mb"),
        what="Peak memory of a whole lumbar case",
        unit="MB",
        asked="800 at most",
        aim="500",
    ),
    Aim(
        key="press_peak_rss_mb",
        path=("press", "peak_rss_mb"),
        what="Peak memory of presses alone, with patient and patch",
        unit="MB",
    ),
    Aim(
        key="patch_ml_median_ms",
        path=("patch_flow", "ml_ms", "median"),
        what="A millilitre of blood, of 20, median",
        unit="ms",
        asked="150 at most",
    ),
    Aim(
        key="patch_ml_p95_ms",
        path=("patch_flow", "ml_ms", "p95"),
        what="A millilitre of blood, 95th percentile",
        unit="ms",
    ),
    Aim(
        key="press_median_20_ml_ms",
        path=("patch_flow", "press_ms", "20 mL", "median"),
        what="A press with 20 mL in the canal, median",
        unit="ms",
        asked="as without",
    ),
    Aim(
        key="press_median_no_patch_ms",
        path=("patch_flow", "press_ms", "none", "median"),
        what="The same without",
        unit="ms",
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
