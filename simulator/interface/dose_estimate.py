"""Dose estimate: what a beam will cost, from the console's tables. The engine books what these functions say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.vocabulary.procedure import BeamMotion, ScanMode


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEstimate:
    """What one beam will cost: the forward estimate of NEMA XR 25.

    Attributes:
        irradiated_mm: length that the dose-length product is over
    """

    ctdi_vol_mgy: float
    dlp_mgy_cm: float
    irradiated_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamProtocol:
    """How a beam is collimated and how the table moves: all that its dose depends on but tube load and length.

    Attributes:
        collimation_mm: nominal width of the beam at the isocentre
        ctdi_vol_mgy_per_mas: by tube voltage, at this collimation; mAs are effective, that is over the pitch
        overranging_mm: what a helical scan irradiates beyond the imaged length, over both ends; else 0
        blocked_overranging_mm: what the scanner's blades keep from the patient of it
        rotation_s: of a scan; 0 where the console sets it
        feed_mm: table travel of one rotation of a helical scan; else 0
    """

    motion: BeamMotion
    collimation_mm: float
    ctdi_vol_mgy_per_mas: Mapping[int, float]
    overranging_mm: float = 0.0
    blocked_overranging_mm: float = 0.0
    rotation_s: float = 0.0
    feed_mm: float = 0.0

    def positions(self, imaged_mm: float) -> int:
        """Table positions of a sequential scan; 1 for any other beam."""
        return math.ceil(round(imaged_mm / self.collimation_mm, 6)) if self.motion is BeamMotion.SEQUENTIAL else 1

    def irradiated_mm(self, imaged_mm: float) -> float:
        """Length that the beam irradiates for an imaged length.

        A helical scan adds its over-ranging, a sequential one takes whole positions of the table.
        """
        if self.motion is BeamMotion.SEQUENTIAL:
            return self.positions(imaged_mm) * self.collimation_mm
        return imaged_mm + self.overranging_mm

    def beam_on_s(self, imaged_mm: float) -> float:
        """Beam time of a scan: rotations over the way of the table, or one at each table position."""
        if self.motion is BeamMotion.HELICAL:
            way_mm = self.irradiated_mm(imaged_mm) + self.blocked_overranging_mm
            return self.rotation_s * (way_mm / self.feed_mm)
        return self.rotation_s * self.positions(imaged_mm)

    def estimate(self, tube_voltage_kv: int, mas: float, imaged_mm: float) -> DoseEstimate:
        """Dose of a beam; KeyError for a tube voltage that is not tabled."""
        ctdi = self.ctdi_vol_mgy_per_mas[tube_voltage_kv] * mas
        length = self.irradiated_mm(imaged_mm)
        return DoseEstimate(ctdi_vol_mgy=ctdi, dlp_mgy_cm=ctdi * length / 10.0, irradiated_mm=length)


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePerLoad:
    """What the console knows before a beam: the protocols of press and scans, and the phantom of their CTDIvol.

    Attributes:
        press: one image of CT fluoroscopy, with the table at rest
        scout: a radiograph with the table moving; None where nobody says
        scans: planning and control scans by mode; a control scan is helical
        k_msv_per_mgy_cm: dose-length product to effective dose
    """

    press: BeamProtocol
    scans: Mapping[ScanMode, BeamProtocol]
    ctdi_phantom_cm: int
    k_msv_per_mgy_cm: float
    scout: BeamProtocol | None = None

    def press_estimate(self, tube_voltage_kv: int, mas: float) -> DoseEstimate:
        """Dose of one image of CT fluoroscopy."""
        return self.press.estimate(tube_voltage_kv, mas, self.press.collimation_mm)

    def scan_estimate(self, mode: ScanMode, tube_voltage_kv: int, mas: float, imaged_mm: float) -> DoseEstimate:
        """Dose of a scan over an imaged length."""
        return self.scans[mode].estimate(tube_voltage_kv, mas, imaged_mm)
