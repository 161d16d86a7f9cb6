"""The whole window draws from plain data: no engine, no patient and no compiler is loaded with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("gui.", "interface", "spatial", "vocabulary", "wording", "errors", "shown_text", "files.small_file")
ALLOWED = tuple(f"simulator.{name}" for name in ROOMS)
NAMES_ALONE = {
    "simulator",
    "simulator.gui",
    "simulator.files",
    "simulator.first_use",
}  # packages that import nothing by themselves


def test_every_screen_is_drawn_without_the_engine() -> None:
    line = [sys.executable, "-m", "tests.gui.made_up"]
    result = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split()) - NAMES_ALONE
    assert "simulator.gui.screens.debrief" in loaded
    assert sorted(name for name in loaded if not name.startswith(ALLOWED)) == []
    assert not any(name.startswith("simulator.gui.ground_truth") for name in loaded)
