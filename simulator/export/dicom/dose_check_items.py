"""Dose check items: the notification and alert values that a case sets, and what a beam made of them (TID 10015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from highdicom.sr import ContentItem
from pydicom.sr.coding import Code

from simulator.engine.events import DoseCheckPassed
from simulator.export.dicom.content_items import (
    HAS_PROPERTIES,
    MGY,
    MGY_CM,
    NO,
    YES,
    code,
    container,
    dcm,
    number,
    person,
    text,
)
from simulator.interface.dose_check import DoseLimits, PassedDoseLimit
from simulator.vocabulary.procedure import DoseLimitKind, DoseQuantity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Details:
    """The codes of one of the two groups: each of dose-length product and CTDIvol."""

    group: Code
    configured: tuple[Code, Code]
    value: tuple[Code, Code]
    estimate: tuple[Code, Code]


_ALERT = _Details(
    group=dcm("113900", "Dose Check Alert Details"),
    configured=(dcm("113901", "DLP Alert Value Configured"), dcm("113902", "CTDIvol Alert Value Configured")),
    value=(dcm("113903", "DLP Alert Value"), dcm("113904", "CTDIvol Alert Value")),
    estimate=(
        dcm("113905", "Accumulated DLP Forward Estimate"),
        dcm("113906", "Accumulated CTDIvol Forward Estimate"),
    ),
)
_NOTIFICATION = _Details(
    group=dcm("113908", "Dose Check Notification Details"),
    configured=(
        dcm("113909", "DLP Notification Value Configured"),
        dcm("113910", "CTDIvol Notification Value Configured"),
    ),
    value=(dcm("113911", "DLP Notification Value"), dcm("113912", "CTDIvol Notification Value")),
    estimate=(dcm("113913", "DLP Forward Estimate"), dcm("113914", "CTDIvol Forward Estimate")),
)
OPERATOR = "SIMULATION^operator"
"""Who went on past a value, whoever they are."""

_QUANTITIES = (DoseQuantity.DLP, DoseQuantity.CTDI_VOL)
_UNITS = (MGY_CM, MGY)


def dose_check_items(limits: DoseLimits, passed: Sequence[DoseCheckPassed]) -> list[ContentItem]:
    """Alert and notification details of one event; a group of which the case sets no value is left out.

    Args:
        limits: of the case
        passed: values that the beam passed
    """
    alerts = (limits.alert_dlp_mgy_cm, limits.alert_ctdi_vol_mgy)
    notifications = (limits.notification_dlp_mgy_cm, limits.notification_ctdi_vol_mgy)
    found = [event.passed for event in passed]
    return [
        *_group(_ALERT, alerts, [one for one in found if one.kind is DoseLimitKind.ALERT]),
        *_group(_NOTIFICATION, notifications, [one for one in found if one.kind is DoseLimitKind.NOTIFICATION]),
    ]


def _group(
    details: _Details, values: tuple[float | None, float | None], passed: Sequence[PassedDoseLimit]
) -> list[ContentItem]:
    if all(value is None for value in values):
        return []
    items = [code(name, NO if value is None else YES) for name, value in zip(details.configured, values, strict=True)]
    for name, value, unit in zip(details.value, values, _UNITS, strict=True):
        if value is not None:
            items.append(number(name, value, unit))
    for name, quantity, unit in zip(details.estimate, _QUANTITIES, _UNITS, strict=True):
        items += [number(name, one.estimate, unit) for one in passed if one.quantity is quantity]
    if passed:
        items.append(text(dcm("113907", "Reason for Proceeding"), "Not asked for in the simulation"))
        items.append(_who_went_on())
    return [container(details.group, items)]


def _who_went_on() -> ContentItem:
    """TID 1020, which the details of a value that was passed must hold: nobody is named but as the operator."""
    role = code(dcm("113875", "Person Role in Procedure"), dcm("113850", "Irradiation Authorizing"), (), HAS_PROPERTIES)
    return person(dcm("113870", "Person Name"), OPERATOR, [role])
