"""The same press gives the same bits: whatever the threads, and whether caches are warm or cold."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from phantoms.phantom import VoxelGrid
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

PROJECT = Path(__file__).resolve().parents[2]
PRESS = Technique(tube_voltage_kv=120, tube_current_ma=60, rotation_s=0.5)
NEEDLE = SteelTube(points_mm=np.array([[0.0, 0, 4], [6, 30, 5], [10, 70, 6.5]]), outer_diameter_mm=0.9)


def _phantom():
    shapes = [Ellipse((0, 0), (90, 70), (1.0, 0, 0)), Ellipse((10, -20), (12, 9), (0, 0.7, 0))]
    return ellipse_phantom(shapes, half_width_mm=(90, 70), planes=14, canal_half_mm=30)


def _change():
    grid = VoxelGrid(origin_mm=(-9.5, -9.5, 4.0), spacing_mm=(1.0, 1.0, 1.0), shape=(4, 20, 20))
    delta = np.zeros((3, *grid.shape), np.float32)
    delta[2] = 12.0
    return DensityChange(grid=grid, delta=delta, revision=1)


def _press(scanner, **changes):
    arguments = {
        "technique": PRESS,
        "slice_centres_mm": [2.5, 6.5, 10.5],
        "needles": [NEEDLE],
        "change": _change(),
        "noise_key": 3,
        "centre_mm": (0.0, 0.0),
        **changes,
    }
    return scanner.image(**arguments).hu


def digest_of_a_press() -> str:
    """Digest of one image's bits, for another process."""
    return hashlib.sha256(_press(Scanner(_phantom())).tobytes()).hexdigest()


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_no_bit(threads, figure):
    """Where fewer cores are at hand than threads are asked for, another process starts with as many as asked."""
    command = "from tests.physics.test_reproducibility import digest_of_a_press; print(digest_of_a_press())"
    environment = {**os.environ, "NUMBA_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    same = done.stdout.split()[-1] == digest_of_a_press()
    figure(
        f"image with {threads} threads against that of this process",
        "same bits" if same else "other bits",
        asked="same bits",
        kind="identity",
    )
    assert same


def test_warm_caches_change_no_bit(figure):
    """Planes and slices kept from other presses, or just one plane kept, or none: the image is the same."""
    phantom = _phantom()
    cold = _press(Scanner(phantom))
    warm = Scanner(phantom)
    _press(warm, change=None, needles=[], noise_key=9, slice_centres_mm=[3.5, 7.5])
    _press(warm)
    again = _press(warm)
    poor = _press(Scanner(phantom, plane_capacity=1))
    same = all(np.array_equal(cold, each) for each in (again, poor))
    figure("image with planes and slices kept against that with none", "same bits" if same else "other bits",
           asked="same bits", kind="identity")  # fmt: skip
    assert same
    assert not np.array_equal(cold, _press(warm, noise_key=4))


@pytest.mark.slow
def test_freshly_compiled_kernels_change_no_bit(tmp_path, figure):
    """A process whose kernels are compiled anew against one that loads them."""
    command = "from tests.physics.test_reproducibility import digest_of_a_press; print(digest_of_a_press())"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert list(tmp_path.rglob("*.nbc"))
    same = done.stdout.split()[-1] == digest_of_a_press()
    figure("image with kernels compiled anew against that with kernels loaded",
           "same bits" if same else "other bits", asked="same bits", kind="identity")  # fmt: skip
    assert same
