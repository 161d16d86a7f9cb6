"""Press: how long a press of the pedal takes on the lumbar patient, pose by pose, and where the time goes.

Three 512 x 512 slices from 1160 views of 672 columns with spectrum and noise; a bent needle that lies elsewhere at each
press, 5 mL of patch in the canal, and a patient who shifts at every fifth press.
Run alone with `python -m tests.performance.press [PRESSES]`.
"""

from __future__ import annotations

import json
import sys
from statistics import median

from tests.performance.gauges import peak_mb, say, summary
from tests.performance.lumbar_case import PATCH_ML, POSES, SHIFT_EVERY, Presses, lumbar_world, patch
from tests.performance.stages import OTHER, clocked

PRESSES = 60


def stage_medians_ms(presses: Presses, pose: str, count: int) -> dict[str, object]:
    """Median milliseconds by stage; the wrapping itself costs some hundredths of a millisecond."""
    by_stage: dict[str, list[float]] = {}
    wholes: list[float] = []
    with clocked() as clock:
        for index in range(count):
            presses.lay(pose, index)
            clock.take()
            whole, _ = presses.press_ms()
            spent = clock.take()
            spent[OTHER] = whole - sum(spent.values())
            wholes.append(whole)
            for stage, value in spent.items():
                by_stage.setdefault(stage, []).append(value)
    medians = {stage: round(median([*values, *[0.0] * (count - len(values))]), 2) for stage, values in by_stage.items()}
    ordered = dict(sorted(medians.items(), key=lambda item: (item[0] == OTHER, -item[1])))
    return {"whole_ms": round(median(wholes), 2), "stages_ms": ordered, "not_found": clock.missing}


def _in_pose(presses: Presses, pose: str, count: int) -> dict[str, object]:
    """Presses one after another in a session that has taken three before."""
    for index in range(3):  # loads kernels, computes the planes
        presses.lay(pose, index)
        presses.press_ms()
    times: list[tuple[float, float]] = []
    after_shift: list[float] = []
    for index in range(count):
        presses.lay(pose, index)
        times.append(presses.press_ms())
        if index % SHIFT_EVERY == SHIFT_EVERY - 1:
            after_shift.append(times[-1][0])
    wall = [each[0] for each in times]
    return {
        "presses_per_s": round(1e3 * count / sum(wall), 2),
        "wall_ms": summary(wall),
        "after_a_shift_ms": summary(after_shift) if after_shift else None,
        "processor_ms": summary([busy for _, busy in times]),
        "needle_pieces": presses.pieces(),
    }


def measure(count: int = PRESSES) -> dict[str, object]:
    """Presses per second, times in ms, processor time, stages, peak memory in MB."""
    say("press: the lumbar patient and its patch")
    world = lumbar_world()
    injected = patch(world)
    by_pose: dict[str, dict[str, object]] = {}
    for pose in POSES:  # each in a session of its own, so that all meet the same shifts and the same new planes
        say(f"press: {count} presses, needle {pose}")
        by_pose[pose] = _in_pose(Presses(world, injected), pose, count)
    rates = {pose: float(str(each["presses_per_s"])) for pose, each in by_pose.items()}
    worst, best = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
    say(f"press: stages, needle {worst}")
    peak = peak_mb()
    presses = Presses(world, injected, moving=False)
    presses.lay(worst, 0)
    presses.press_ms()
    return {
        "presses": count,
        "patch_ml": PATCH_ML,
        "worst_pose": worst,
        "best_pose": best,
        "worst": by_pose[worst],
        "best": by_pose[best],
        "poses": by_pose,
        "stages_in_worst_pose": stage_medians_ms(presses, worst, max(count // 2, 5)),
        "peak_rss_mb": peak,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else PRESSES), indent=2))
