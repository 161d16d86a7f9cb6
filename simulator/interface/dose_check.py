"""Dose check: notification and alert values of NEMA XR 25, and which of them a beam would pass.

A notification value is held against the forward estimate of one beam, an alert value against what the procedure has
given so far and that beam together: dose-length product over all, CTDIvol where beams overlap on the table. Source:
DICOM PS3.16, TID 10015, which names both after NEMA XR 25-2010. The values are the case's own: a site sets them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.interface.dose_estimate import DoseEstimate
from simulator.vocabulary.procedure import DoseLimitKind, DoseQuantity


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """Values that a case sets; None where it sets none."""

    notification_ctdi_vol_mgy: float | None = None
    notification_dlp_mgy_cm: float | None = None
    alert_ctdi_vol_mgy: float | None = None
    alert_dlp_mgy_cm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Irradiated:
    """One beam as the dose check adds it up: table positions from low to high, mm."""

    low_mm: float
    high_mm: float
    ctdi_vol_mgy: float
    dlp_mgy_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedDoseLimit:
    """A value that a beam would pass, or passed.

    Attributes:
        limit, estimate: in mGy for CTDIvol, in mGy cm for the dose-length product
    """

    kind: DoseLimitKind
    quantity: DoseQuantity
    limit: float
    estimate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCheck:
    """What the console checks before a beam.

    Attributes:
        limits: of the case
        next_press: what one press with the present settings at the present table position would pass
    """

    limits: DoseLimits = field(default=DoseLimits())
    next_press: tuple[PassedDoseLimit, ...] = ()


def irradiated_about(centre_mm: float, estimate: DoseEstimate) -> Irradiated:
    """A beam about a table position."""
    half = estimate.irradiated_mm / 2
    return Irradiated(
        low_mm=centre_mm - half,
        high_mm=centre_mm + half,
        ctdi_vol_mgy=estimate.ctdi_vol_mgy,
        dlp_mgy_cm=estimate.dlp_mgy_cm,
    )


def passed_limits(
    limits: DoseLimits, before: Sequence[Irradiated], following: Irradiated
) -> tuple[PassedDoseLimit, ...]:
    """The values that a beam passes after those before it: alerts first.

    Args:
        before: all beams of the procedure so far
    """
    ctdi, dlp = DoseQuantity.CTDI_VOL, DoseQuantity.DLP
    alert, notification = DoseLimitKind.ALERT, DoseLimitKind.NOTIFICATION
    # What has accumulated is added up only where a case sets a value: an environment's step asks after every command
    checks: tuple[tuple[DoseLimitKind, DoseQuantity, float | None, Callable[[], float]], ...] = (
        (alert, ctdi, limits.alert_ctdi_vol_mgy, lambda: accumulated_ctdi_vol_mgy(before, following)),
        (alert, dlp, limits.alert_dlp_mgy_cm, lambda: following.dlp_mgy_cm + sum(beam.dlp_mgy_cm for beam in before)),
        (notification, ctdi, limits.notification_ctdi_vol_mgy, lambda: following.ctdi_vol_mgy),
        (notification, dlp, limits.notification_dlp_mgy_cm, lambda: following.dlp_mgy_cm),
    )
    estimates = [(kind, quantity, limit, of()) for kind, quantity, limit, of in checks if limit is not None]
    return tuple(
        PassedDoseLimit(kind=kind, quantity=quantity, limit=limit, estimate=estimate)
        for kind, quantity, limit, estimate in estimates
        if estimate > limit
    )


def accumulated_ctdi_vol_mgy(before: Sequence[Irradiated], following: Irradiated) -> float:
    """The largest sum of CTDIvol at one table position within the next beam, mGy.

    A sum of beams that overlap is largest where one of them begins, so those positions are tried.
    """
    low, high = following.low_mm, following.high_mm
    near = [beam for beam in before if beam.low_mm < high and low < beam.high_mm]
    # Presses at one place of the table begin alike: each place is tried once
    starts = {low, *(beam.low_mm for beam in near if low < beam.low_mm)}
    return following.ctdi_vol_mgy + max(
        sum(beam.ctdi_vol_mgy for beam in near if beam.low_mm <= start < beam.high_mm) for start in starts
    )
