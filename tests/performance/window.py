"""Window: how long the event loop is ever away while a myelogram is computed behind it, one JSON object.

Run with `python -m tests.performance.window`.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

SIZE = (1600, 900)


def measure() -> dict[str, float]:
    """Turns of the event loop, drawing included, while images are made."""
    from simulator.gui.app import App
    from simulator.gui.engine_worker.engine_worker import EngineWorker
    from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
    from simulator.interface import commands as c
    from simulator.report.recording import Recording
    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario
    from tests.performance.gauges import AskingClock

    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
    file = load_scenario(path)

    with tempfile.TemporaryDirectory() as folder:

        def opening(progress: Callable[[str, float], None]) -> tuple[RecordedProcedure, int]:
            case = build_case(file.scenario_for(1), name=file.name, seed=1, location=str(path), folder=path.parent)
            return RecordedProcedure(Recording(case, operator="trainee", scenario_path="", out=Path(folder))), 0

        app = App(EngineWorker(opening), size=SIZE)
        while app.name != "briefing":
            app.step()
        app.context.send(c.AcquireMyelogram())
        turns_ms: list[float] = []
        asks = app._clock = AskingClock(app._clock)  # type: ignore[assignment]
        started = time.perf_counter()
        while not (app.context.perceived.volumes and all(v.complete for v in app.context.perceived.volumes.values())):
            before = asks.at_s
            app.step()
            turns_ms.append(1000.0 * (asks.at_s - before))
        whole_s = time.perf_counter() - started
        app.worker.stop()
    turns_ms.sort()
    return {
        "slices_computed": sum(volume.count for volume in app.context.perceived.volumes.values()),
        "computed_in_s": round(whole_s, 1),
        "turns_per_s": round(len(turns_ms) / whole_s, 1),
        "turn_median_ms": round(statistics.median(turns_ms), 1),
        "turn_p99_ms": round(turns_ms[int(0.99 * len(turns_ms))], 1),
        "turn_longest_ms": round(turns_ms[-1], 1),
    }


def press_to_image(presses: int = 40, size: tuple[int, int] = (1600, 900)) -> dict[str, float]:
    """From the end of a press's beam to its picture in the window, beside what the engine took for that picture."""
    import pygame

    from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
    from simulator.scenario.build import build_case
    from simulator.scenario.load import load_scenario
    from tests.gui.player import Player

    path = Path(__file__).resolve().parents[2] / "scenarios" / "patient-2.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(1), name=file.name, seed=1, location=str(path), folder=path.parent)
    by_number: dict[int, float] = {}
    engine_ms: list[float] = []
    window_ms: list[float] = []
    picture = RecordedProcedure.picture

    def timed(self: RecordedProcedure, number: int, indices: Any) -> Any:
        before = time.perf_counter()
        frame = picture(self, number, indices)
        by_number[number] = by_number.get(number, 0.0) + 1000.0 * (time.perf_counter() - before)
        return frame

    RecordedProcedure.picture = timed  # type: ignore[method-assign, assignment]
    try:
        with tempfile.TemporaryDirectory() as folder:
            player = Player(case, Path(folder), size=size)
            player.prepare()
            for words in ("Disinfect", "Local anaesthetic"):
                player.click(words)
            player.key(pygame.K_n)
            player.on("guidance")
            waits = player.app.context.perceived.awaiting_press
            for number in range(presses + 3):
                player.key(pygame.K_x)  # another bevel: another shadow
                player.settle()
                player.down(pygame.K_SPACE)
                player.up(pygame.K_SPACE)
                while not waits():
                    player.app.step()
                before = time.perf_counter()
                while waits():
                    player.app.step()
                if number >= 3:  # planes are kept by then
                    window_ms.append(1000.0 * (time.perf_counter() - before))
                    engine_ms.append(by_number[player.app.context.perceived.history.presses[-1].number])
            player.leave()
    finally:
        RecordedProcedure.picture = picture  # type: ignore[method-assign]
    return {
        "presses": len(window_ms),
        "engine_median_ms": round(statistics.median(engine_ms), 1),
        "window_median_ms": round(statistics.median(window_ms), 1),
        "window_over_engine": round(sum(window_ms) / sum(engine_ms), 2),
    }


if __name__ == "__main__":
    print(json.dumps({"event_loop": measure(), "press_to_image": press_to_image()}, indent=2))
