"""Studies that tests run: small files, and an operator of a user's that does nothing."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import PATIENT_2

IDLE = """
from simulator.interface.commands import Finish, Wait

class Idle:
    name = "idle"

    def __init__(self):
        self.asked = 0

    def __call__(self, view):
        self.asked += 1
        return Wait(duration_s=10.0 * self.asked) if self.asked < 3 else Finish()
"""


def write_study(folder: Path, **changes: str) -> Path:
    """A study of an idle operator on patient 2, its lines replaced by `key = line`; an empty line leaves a key out."""
    (folder / "idle.py").write_text(IDLE)
    lines = {
        "format": "format = 1",
        "title": 'title = "A small study"',
        "scenarios": f'scenarios = ["{PATIENT_2}"]',
        "operators": 'operators = ["idle.py:Idle"]',
        "seeds": "seeds = 2",
        "grid": '[grid]\n"scanner.preset_tube_current_ma" = [10.0, 30.0]',
        **changes,
    }
    path = folder / "small.toml"
    path.write_text("\n".join(line for line in lines.values() if line) + "\n")
    return path
