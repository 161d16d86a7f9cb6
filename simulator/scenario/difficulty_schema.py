"""Difficulty schema: bounds beyond which a drawn patient is not this case."""

from __future__ import annotations

from pydantic import model_validator

from simulator.scenario.sections import Section, optional_number

QUANTITIES = ("window_mm", "depth_mm", "noise_hu", "epidural_mm")


class RejectIf(Section):
    """A patient is drawn anew where one of these holds; numbers as the preview prints them."""

    window_mm_below: float | None = optional_number(0, 40, "mm", "height of the window between the laminae")
    window_mm_above: float | None = optional_number(0, 40, "mm", "height of the window between the laminae")
    depth_mm_below: float | None = optional_number(0, 200, "mm", "way from the skin to the target")
    depth_mm_above: float | None = optional_number(0, 200, "mm", "way from the skin to the target")
    noise_hu_below: float | None = optional_number(0, 500, "HU", "noise of a press as fluoroscopy is set")
    noise_hu_above: float | None = optional_number(0, 500, "HU", "noise of a press as fluoroscopy is set")
    epidural_mm_below: float | None = optional_number(0, 20, "mm", "depth of the dorsal epidural space")
    epidural_mm_above: float | None = optional_number(0, 20, "mm", "depth of the dorsal epidural space")

    @model_validator(mode="after")
    def _in_order(self) -> RejectIf:
        for name in QUANTITIES:
            below, above = getattr(self, f"{name}_below"), getattr(self, f"{name}_above")
            if below is not None and above is not None and not below < above:
                raise ValueError(f"{name}_below must be smaller than {name}_above: exchange the two")
        return self

    @property
    def asked(self) -> bool:
        """Whether any bound is set."""
        return any(value is not None for value in self.model_dump().values())
