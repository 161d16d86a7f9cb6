"""The scout's kernel is compiled with those of the procedure, and no scout compiles anything then."""

from __future__ import annotations

import numpy as np

from simulator import warm_up
from simulator.ct import quantum_noise_kernels, scout_rays_kernels, transmission_kernels
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.vocabulary.scout import ScoutOrientation
from tests.physics.test_scout import BODY, scene
from tests.physics.water_phantoms import ellipse_phantom


def test_no_scout_compiles_what_was_warmed() -> None:
    warm_up._compile_picture()
    warm_up._compile_needle_and_patch_pictures()
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
