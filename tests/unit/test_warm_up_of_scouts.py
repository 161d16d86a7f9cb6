"""The scout's kernel is compiled after all that a first picture needs, and no scout compiles anything then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import warm_up
from simulator.ct import quantum_noise_kernels, scout_rays_kernels, transmission_kernels
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.vocabulary.scout import ScoutOrientation
from tests.physics.test_scout import BODY, scene
from tests.physics.water_phantoms import ellipse_phantom


class Process:
    """A process that runs until it is killed."""

    started: list[str]

    def __init__(self, line: list[str], **_: Any) -> None:
        self.killed = False
        Process.started.append(line[-1])

    def poll(self) -> int | None:
        """Still running."""
        return None

    def kill(self) -> None:
        """Ended from outside."""
        self.killed = True

    def wait(self) -> None:
        """Over at once."""


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    Process.started = []
    monkeypatch.setattr(warm_up, "process_cache_folder", lambda: tmp_path)
    monkeypatch.setattr(warm_up.subprocess, "Popen", Process)
    return tmp_path


def test_an_empty_cache_begins_with_what_a_picture_needs(cache: Path) -> None:
    made = warm_up.WarmUp()
    assert Process.started == ["patient", "procedure"]
    patient, procedure = made._running.values()
    (cache / "procedure-compiled").touch()
    made.stop()  # the program ends while the patient's part is still being compiled
    assert [one.killed for one in (patient, procedure)] == [True, False]  # type: ignore[attr-defined]


def test_nobody_waits_for_the_scout(cache: Path) -> None:
    made = warm_up.WarmUp()
    for part in warm_up.PARTS:
        (cache / f"{part}-compiled").touch()
    processes = list(made._running.values())
    made.wait(lambda what, fraction: None)  # the procedure's process runs on
    assert not any(one.killed for one in processes)  # type: ignore[attr-defined]


def test_what_is_needed_later_is_taken_up_where_it_was_left_and_never_ended(cache: Path) -> None:
    for part in warm_up.PARTS:
        (cache / f"{part}-compiled").touch()
    made = warm_up.WarmUp()
    assert Process.started == ["scout"]
    (left,) = made._running.values()
    made.stop()
    assert not left.killed  # type: ignore[attr-defined]
    (cache / "scout-compiled").touch()
    warm_up.WarmUp()
    assert Process.started == ["scout"]


def test_the_procedures_process_goes_on_to_the_scout_with_the_least_priority(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(os, "nice", lambda by: done.append(f"nice {by}"), raising=False)
    monkeypatch.setitem(warm_up.COMPILED_BY, "procedure", lambda: done.append("procedure"))
    monkeypatch.setattr(
        os, "execv", lambda _, line: done.append(f"{line[-1]}, {(cache / 'procedure-compiled').exists()}")
    )
    warm_up.main("procedure")
    assert done == ["procedure", "nice 19", "scout, True"]
    monkeypatch.setitem(warm_up.COMPILED_BY, "scout", lambda: done.append("scout"))
    warm_up.main("scout")
    assert done[3:] == ["scout"]
    assert (cache / "scout-compiled").exists()


def test_no_scout_compiles_what_was_warmed() -> None:
    warm_up._compile_scanner()
    warm_up._compile_scout()
    kernels = (scout_rays_kernels.add_rays, transmission_kernels.transmission, quantum_noise_kernels.measure)
    before = [len(kernel.signatures) for kernel in kernels]
    phantom = ellipse_phantom(BODY, half_width_mm=(150.0, 100.0), planes=12)
    scanner = Scanner(phantom)
    grid = phantom.canal.grid
    change = DensityChange(grid=grid, delta=np.full((3, *grid.shape), 0.1, np.float32), revision=1)
    for orientation in ScoutOrientation:
        scanner.scout(scene(orientation=orientation, noise_key=1, change=change))
        scanner.scout(scene(orientation=orientation))
    assert [len(kernel.signatures) for kernel in kernels] == before
