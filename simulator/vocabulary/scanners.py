"""Scanners by their detector rows: what a case can put into the room."""

from __future__ import annotations

from enum import StrEnum


class ScannerPreset(StrEnum):
    """A class of scanners, by the rows of its detector."""

    ROWS_16 = "16-row"
    ROWS_64 = "64-row"
    ROWS_320 = "320-row"


STANDARD_SCANNER = ScannerPreset.ROWS_64
"""The class of the published protocol, and what stands in a room whose case names none."""
