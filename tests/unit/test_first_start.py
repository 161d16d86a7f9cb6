"""First start: everything that a treatment calls has been compiled before it begins, and each kernel once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from numba.core.registry import CPUDispatcher

from simulator import warm_up
from simulator.ct import needle_shadow_kernels, quantum_noise_kernels, rebinning_kernels, reconstruction_kernels
from simulator.ct import projector_kernels as projector
from simulator.ct import transmission_kernels as transmission
from tests.conftest import PROJECT

SCANNER = (
    needle_shadow_kernels, quantum_noise_kernels, rebinning_kernels, reconstruction_kernels, projector, transmission,
)  # fmt: skip
TREATED = """
import sys
from numba.core import event
import simulator

class Watch(event.Listener):
    def on_start(self, event):
        pass

    def on_end(self, event):
        function = event.data["dispatcher"].py_func
        print("compiled", function.__module__, function.__qualname__, event.data["args"], flush=True)

event.register("numba:compile", Watch())
name, operator = sys.argv[1:]
simulator.load_case(name, seed=1).run(operator)
"""
CASES = (
    ("patient-2", "autopilot"),  # lumbar
    ("patient-4", "autopilot"),  # neck
    ("patient-7", "autopilot"),  # foramen
    ("thoracic-oblique", "autopilot"),
    ("screws", "autopilot"),
    ("real-ct", "autopilot"),
    ("two-sessions", "quick-check"),
    ("low-dose", "loss-of-resistance"),
)


def kernels() -> Iterator[tuple[str, CPUDispatcher]]:
    for module in SCANNER:
        for name, value in vars(module).items():
            if isinstance(value, CPUDispatcher) and value.py_func.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", value


def test_the_scanner_takes_every_kernel_in_one_form(scan: Any) -> None:
    """An image without a needle, with one, and of a partial turn: arrays that may be written and such that may not."""
    twice = [name for name, kernel in kernels() if len(kernel.signatures) > 1 and kernel.targetoptions.get("cache")]
    assert twice == []


@pytest.fixture
def scan() -> None:
    warm_up._compile_scanner()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of kernels as a first start leaves it."""
    folder = tmp_path_factory.mktemp("kernels")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    for part in warm_up.PARTS:
        line = [sys.executable, "-m", "simulator.warm_up", part]
        subprocess.run(line, cwd=PROJECT, env=environment, check=True, timeout=500)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("name", "operator"), CASES, ids=lambda value: value)
def test_no_command_compiles_in_a_treatment(name: str, operator: str, compiled: Path) -> None:
    line = [sys.executable, "-c", TREATED, name, operator]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(compiled)}
    done = subprocess.run(line, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True, timeout=500)
    assert [line for line in done.stdout.splitlines() if line.startswith("compiled")] == []
