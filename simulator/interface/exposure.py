"""Exposure: what the console is set to, and what a beam costs, as one value each wherever they go."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.interface.command_fields import left_out_while_default

OFF_DEG, SWITCHING_DEG = 100.0, 10.0
"""Hand protection: the beam is off over this angle about the hand, and goes off and on again over this angle on
either side. Assumption: makers' modes switch off over some 100 to 120 degrees (from memory; partial-angle CT
fluoroscopy is described in doi 10.3390/bioengineering11080838 and 10.5152/dir.2019.19091, both without the angle
in their abstracts)."""

SCAN_ARCS_DEG = (360, 240)
"""What the console offers. A partial scan needs 180 degrees and the fan's 52; the class takes 240 (from memory)."""


def emitted_fraction(scan_arc_deg: int, hand_protection: bool) -> float:
    """Fraction of a whole rotation's tube load that is emitted."""
    if scan_arc_deg < 360:
        return scan_arc_deg / 360.0
    # A sine squared fades with a mean of one half
    return 1.0 - (OFF_DEG + SWITCHING_DEG) / 360.0 if hand_protection else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSettings:
    """What the console is set to for one image.

    Attributes:
        tube_voltage_kv, tube_current_ma: of the tube
        rotation_s: time of a whole turn, also where the beam is on for a part of it
        scan_arc_deg: angle over which the beam is on for one image, 360 or 240
        hand_protection: the beam is off while the tube is over the back
        metal_artefact_reduction: readings behind metal are bridged, and the image is made twice
        gantry_tilt_deg: how far the gantry leans; positive leans its upper edge to the head
    """

    tube_voltage_kv: int = 120
    tube_current_ma: float = 30.0
    rotation_s: float = 0.5
    scan_arc_deg: int = 360
    hand_protection: bool = False
    metal_artefact_reduction: bool = left_out_while_default(False)
    gantry_tilt_deg: float = left_out_while_default(0.0)

    @property
    def emitted_fraction(self) -> float:
        """Fraction of a whole turn's tube load that is emitted for one image."""
        return emitted_fraction(self.scan_arc_deg, self.hand_protection)

    @property
    def mas_per_turn(self) -> float:
        """Tube current times the time of a whole turn: what decides the noise of one view."""
        return self.tube_current_ma * self.rotation_s

    @property
    def mas(self) -> float:
        """Tube load that is emitted for one image, and so the patient's dose."""
        return self.mas_per_turn * self.emitted_fraction

    @property
    def image_s(self) -> float:
        """Time from one image to the next while the pedal is down.

        A gap over the hand comes once in a turn, so what spares the hand takes the whole turn.
        """
        return self.rotation_s if self.hand_protection else self.rotation_s * self.scan_arc_deg / 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureDose:
    """What one beam costs the patient and the operator.

    Attributes:
        ctdi_vol_mgy, ctdi_phantom_cm: volume CT dose index, and the diameter of the phantom that it belongs to
        dlp_mgy_cm: dose-length product
        k_msv_per_mgy_cm, effective_dose_msv: conversion factor of the region, and what it gives
        skin_entrance_mgy: where the beam enters
        operator_usv, hand_usv: of the operator above the apron, and of the hand at the needle
    """

    ctdi_vol_mgy: float
    ctdi_phantom_cm: int
    dlp_mgy_cm: float
    k_msv_per_mgy_cm: float
    effective_dose_msv: float
    skin_entrance_mgy: float
    operator_usv: float
    hand_usv: float
