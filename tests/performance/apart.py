"""Apart: what a step of an operator costs in a process of its own, beside the same step in ours.

The operator looks at the image of a press at each step and waits. Medians and 95th percentiles in milliseconds, taken
in turns. Run alone with `python -m tests.performance.apart [STEPS]`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.operators.user_operator import UserOperator
from simulator.scenario.build import build_from_file
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import default_scenario_path
from tests.performance.gauges import say

STEPS = 200
LOOKS = """
from simulator.interface import commands as c

class Looks:
    name = "looks"

    def __call__(self, view):
        frame = view.images.frame(view.console.acquired[-1].number)
        return c.Wait(duration_s=1.0 + float(frame.hu[1, 256, 256] > 5000.0))
"""


def _step_ms(operator: Callable[[View], Command], view: View) -> float:
    began = time.perf_counter()
    operator(view)
    return 1e3 * (time.perf_counter() - began)


def measure(steps: int = STEPS) -> dict[str, object]:
    """Milliseconds of a step with an image of three slices of 512 x 512, in our process and in another."""
    say("apart: a patient and a press")
    session = Session(build_from_file(load_scenario(default_scenario_path()), seed=1).world)
    session.do(c.PressPedal())
    (number,) = session.presses()
    session.show(number)
    view = session.view()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "looks.py").write_text(LOOKS, encoding="utf-8")
        apart = OperatorProcess("looks.py:Looks", folder=Path(name))
        here = UserOperator("looks.py:Looks", folder=Path(name))
        try:
            for operator in (here, apart):
                _step_ms(operator, view)
            times = [(_step_ms(here, view), _step_ms(apart, view)) for _ in range(steps)]
        finally:
            apart.close()
    ours, others = zip(*times, strict=True)
    return {
        "steps": steps,
        "in_process_ms": round(median(ours), 2),
        "apart_ms": round(median(others), 2),
        "overhead_ms": round(median(b - a for a, b in times), 2),
        "overhead_p95_ms": round(sorted(b - a for a, b in times)[int(0.95 * steps)], 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else STEPS), indent=2))
