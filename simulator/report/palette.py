"""Palette: grey values and colours that pictures without a style sheet need."""

from __future__ import annotations

RGB = tuple[int, int, int]

PANEL: RGB = (18, 22, 27)
INK: RGB = (233, 237, 241)
LABEL: RGB = (180, 190, 200)
