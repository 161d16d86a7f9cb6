"""Observation of the second environment: what the first shows, what it lacked, an image as small as is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from simulator.engine.case_context import CTF_SLICES
from simulator.engine.image_rendering import MATRIX
from simulator.interface.view import View
from simulator.strategies.actions import slices_about_table
from simulator.strategies.environment import (
    AIR_HU,
    LARGEST_HU,
    WINDOW_HU,
    Picture,
    facts_space,
    image_place_space,
    observed_facts,
)
from simulator.strategies.learning.options import EnvironmentOptions, Pixels
from simulator.vocabulary.procedure import NeedleHold, OperatorPosition, PlungerFeel

PLUNGER = ("", *PlungerFeel)
PLACES, HOLDS = tuple(OperatorPosition), tuple(NeedleHold)


def observation_space(options: EnvironmentOptions) -> spaces.Dict:
    """Every entry of an observation; the image only where one is asked for."""
    facts = {
        **facts_space(),
        "plunger": spaces.Discrete(len(PLUNGER)),
        "jerked": spaces.Discrete(2),
        "arm_line_fails": spaces.Discrete(2),
        "stands_at": spaces.Discrete(len(PLACES)),
        "held_by": spaces.Discrete(len(HOLDS)),
    }
    if options.image_side is None:
        return spaces.Dict(facts)
    shape = (CTF_SLICES, options.image_side, options.image_side)
    grey = options.pixels is Pixels.WINDOW
    image = spaces.Box(0, 255, shape, np.uint8) if grey else spaces.Box(AIR_HU, LARGEST_HU, shape, np.int16)
    return spaces.Dict({"image": image, **image_place_space(), **facts})


class Observer:
    """Makes observations of one episode after another; an image that did not change is not made again.

    Args:
        options: of the environment
    """

    def __init__(self, options: EnvironmentOptions) -> None:
        self._options = options
        self._key: tuple[int, tuple[int, ...]] | None = None
        self._kept: dict[str, NDArray[Any]] = {}

    def forget(self) -> None:
        """Begin another episode."""
        self._key, self._kept = None, {}

    def observe(self, view: View, picture: Picture) -> dict[str, Any]:
        """An observation of a view.

        Args:
            picture: makes slices of an acquisition
        """
        found = {
            **observed_facts(view),
            "plunger": PLUNGER.index(view.injection.plunger or ""),
            "jerked": int(view.patient.jerked),
            "arm_line_fails": int(bool(view.patient.arm_line)),
            "stands_at": PLACES.index(view.stands_at),
            "held_by": HOLDS.index(view.handling.held_by),
        }
        if self._options.image_side is None:
            return found
        return {name: value.copy() for name, value in self._image(view, picture).items()} | found

    def _image(self, view: View, picture: Picture) -> dict[str, NDArray[Any]]:
        """The image and where it lies; air and zeros where nothing was acquired."""
        latest, side, pixels = view.console.latest, self._options.image_side, self._options.pixels
        assert side is not None
        if latest is None:
            air = np.full((CTF_SLICES, MATRIX, MATRIX), AIR_HU, np.float32)
            nowhere = np.zeros(CTF_SLICES, np.float32)
            return {
                "image": shrink_image(air, side, pixels),
                "slice_table_mm": nowhere,
                "image_centre_mm": np.zeros(2, np.float32),
            }
        key = latest.number, slices_about_table(latest, view.console.table_mm)
        if key != self._key:
            frame = picture(*key)
            self._key = key
            self._kept = {
                "image": shrink_image(frame.hu, side, pixels),
                "slice_table_mm": np.resize(frame.z_mm, CTF_SLICES).astype(np.float32),
                "image_centre_mm": np.array(frame.centre_mm, np.float32),
            }
        return self._kept


def shrink_image(hu: NDArray[np.float32], side: int, pixels: Pixels) -> NDArray[Any]:
    """Slices [shape=(slice, row, row), HU] as means of square blocks [shape=(3, side, side)], in a window or as HU."""
    block = hu.shape[-1] // side
    means = hu.reshape(len(hu), side, block, side, block).mean(axis=(2, 4))
    if len(means) < CTF_SLICES:
        means = np.pad(means, ((0, CTF_SLICES - len(means)), (0, 0), (0, 0)), mode="edge")
    if pixels is Pixels.HU:
        return np.asarray(np.rint(np.clip(means, AIR_HU, LARGEST_HU)), np.int16)
    low, high = WINDOW_HU
    return np.asarray(np.rint(255.0 * np.clip((means - low) / (high - low), 0.0, 1.0)), np.uint8)
