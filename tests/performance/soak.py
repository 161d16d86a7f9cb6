"""Soak: half an hour at the window, with presses and steps of the needle, and what becomes of memory and turns.

Run with `python -m tests.performance.soak [--minutes 30] [--size 1600x900]`; prints one JSON object. A press follows
the other every few seconds, with a turn of the bevel between them, and the loop turns at its own rate in
between. A key that is carried out leaves a command in the record: what was typed and is not there was dropped.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

SETTLED_S = 180.0  # until then memory grows by the pictures that are kept, forty of them by then
BETWEEN_S = 3.0  # from one press to the next step
SAMPLE_S = 10.0


def measure(minutes: float, size: tuple[int, int]) -> dict[str, Any]:
    """Play so long; how memory grew after the first three minutes, how long turns took, and what was dropped."""
    import pygame

    from simulator.engine import events as e
    from simulator.interface import commands as c
    from simulator.records.session_reader import read_session
    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario
    from tests.gui.player import Player
    from tests.performance.gauges import AskingClock, memory_mb

    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(1), name=file.name, seed=1, location=str(path), folder=path.parent)
    busy_ms: list[float] = []
    free_ms: list[float] = []
    resident: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        player = Player(case, Path(folder), size=size)
        player.prepare()
        player.click("Disinfect")
        player.click("Local anaesthetic")
        player.key(pygame.K_n)
        player.on("guidance")
        app, typed = player.app, 0

        asks = app._clock = AskingClock(app._clock)  # type: ignore[assignment]

        def turn_for(seconds: float) -> None:
            end = time.perf_counter() + seconds
            app.step()
            while time.perf_counter() < end:
                before = asks.at_s
                pending = app.worker.pending > 0 or app.context.perceived.awaiting_press()
                app.step()
                (busy_ms if pending else free_ms).append(1000.0 * (asks.at_s - before))

        begun = sampled = time.perf_counter()
        while time.perf_counter() - begun < 60.0 * minutes:
            player.down(pygame.K_SPACE)
            player.up(pygame.K_SPACE)
            turn_for(BETWEEN_S)
            player.settle()
            player.key(pygame.K_x)
            typed += 1
            turn_for(0.5)
            now = time.perf_counter()
            if now - sampled > SAMPLE_S:
                gc.collect()
                resident.append((now - begun, memory_mb()["resident"]))
                sampled = now
        player.leave()
        recorded = read_session(Path(folder)).steps
        carried_out = [
            step.command for step in recorded if not any(isinstance(event, e.CommandRefused) for event in step.events)
        ]
    settled = [mb for at, mb in resident if at > min(SETTLED_S, 20.0 * minutes)]
    return {
        "minutes": minutes,
        "presses_and_turns_of_the_bevel_typed": typed,
        "presses_carried_out": sum(isinstance(command, c.PressPedal) for command in carried_out),
        "turns_of_the_bevel_carried_out": sum(isinstance(command, c.RotateBevel) for command in carried_out),
        "resident_mb": [round(mb, 1) for _, mb in resident],
        "grown_after_three_minutes_mb": round(max(settled) - settled[0], 1) if settled else None,
        "turn_p99_ms": {"while_computing": _p99(busy_ms), "otherwise": _p99(free_ms)},
        "turn_median_ms": {
            "while_computing": round(statistics.median(busy_ms), 1) if busy_ms else None,
            "otherwise": round(statistics.median(free_ms), 1) if free_ms else None,
        },
    }


def _p99(turns_ms: list[float]) -> float | None:
    return round(sorted(turns_ms)[int(0.99 * len(turns_ms))], 1) if turns_ms else None


def main() -> None:
    parser = argparse.ArgumentParser(description="half an hour at the window")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--size", default="1600x900")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    print(json.dumps(measure(asked.minutes, (width, height)), indent=2))


if __name__ == "__main__":
    main()
