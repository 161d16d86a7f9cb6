"""First start: everything that a treatment calls has been compiled before it begins, and each kernel once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
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
    warm_up._compile_picture()
    warm_up._compile_needle_and_patch_pictures()


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


AT_ONCE = """
import sys, time
from pathlib import Path
from simulator import warm_up

def compiled():
    with Path(sys.argv[1]).open("a") as log:
        log.write("compiled\\n")
    time.sleep(1.0)
    if len(sys.argv) > 2:
        raise SystemExit(9)

warm_up.COMPILED_BY["patient"] = compiled
warm_up.main("patient")
"""


def begun(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", AT_ONCE, str(folder / "log"), *more]
    process = subprocess.Popen(line, cwd=PROJECT, env={**os.environ, "NUMBA_CACHE_DIR": str(folder)})
    until = time.monotonic() + 60.0
    while more and not (folder / "log").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    return process


def test_of_programs_that_start_at_once_one_compiles(tmp_path: Path) -> None:
    programs = [begun(tmp_path) for _ in range(4)]
    assert [one.wait(60) for one in programs] == [0, 0, 0, 0]
    assert (tmp_path / "log").read_text() == "compiled\n"


def test_where_the_one_that_compiles_ends_early_another_does_it(tmp_path: Path) -> None:
    first = begun(tmp_path, "ends early")
    second = begun(tmp_path)
    assert (first.wait(60), second.wait(60)) == (9, 0)
    assert (tmp_path / "log").read_text() == "compiled\n" * 2
    assert (tmp_path / "patient-compiled").exists()
