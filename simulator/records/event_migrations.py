"""Event migrations: events of older formats as the present format has them.

Formats 1 and 2 wrote settings, dose and what lay in the beam as bare fields of an event, and kept of the settings of a
rotation that was cut short the tube voltage alone: the others are those of the press before it, since the technique is
locked while the beam is on. Commands are the same in all formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from simulator.errors import UserInputError
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.records.framing import DAMAGED

NESTED_SINCE = 3
"""Format in which an event holds settings, beam, slices, scene and dose as values of their own."""

_ADDED_LATER = {
    **{"scan_arc_deg": 360, "hand_protection": False, "gantry_tilt_deg": 0.0, "metal_artefact_reduction": False},
    **{"tube_at_deg": 0.0, "introducer": None},
}
"""What the first events did not name, and what they meant."""
_SETTINGS = tuple(item.name for item in fields(ExposureSettings))
_DOSE = tuple(item.name for item in fields(ExposureDose))


def migrated_event(found: int, body: Any, press: ExposureSettings | None, location: str) -> Any:
    """The body of an event of an older format, as the present format has it.

    Args:
        found: format in which it was written
        press: settings of the last press of fluoroscopy before it

    Raises:
        UserInputError: the line is no event of its format.
    """
    if found >= NESTED_SINCE or not isinstance(body, dict):
        return body
    try:
        match body.get("event"):
            case "TechniqueChosen":
                return _nest_technique(body)
            case "AcquisitionMade":
                return _nest_acquisition(body)
            case "BeamCutShort":
                return _nest_cut_short(body, press)
            case _:
                return body
    except KeyError as error:
        raise UserInputError(location, f"this is no event line of format {found}: no {error}", DAMAGED) from error


def _nest_technique(old: Mapping[str, Any]) -> dict[str, Any]:
    rest = {**_ADDED_LATER, **old}
    settings = _take(rest, _SETTINGS)
    _take(rest, ("tube_at_deg", "introducer"))
    return {**rest, "settings": settings}


def _nest_acquisition(old: Mapping[str, Any]) -> dict[str, Any]:
    rest = {**_ADDED_LATER, **old}
    return {
        "settings": _take(rest, _SETTINGS),
        "slices": {
            "centres_table_mm": rest.pop("slice_centres_table_mm"),
            "thickness_mm": rest.pop("slice_thickness_mm"),
        },
        "beam": _take_beam(rest),
        "scene": {
            **_take(rest, ("needle", "introducer", "patch_revision")),
            "patient_displacement_mm": rest.pop("shift_mm"),
        },
        "dose": _take(rest, _DOSE),
        "counts_toward_dose": rest.pop("priced"),
        **rest,
    }


def _nest_cut_short(old: Mapping[str, Any], press: ExposureSettings | None) -> dict[str, Any]:
    if press is None:
        raise KeyError("press before it")
    rest = {**old, "tube_at_deg": 0.0}
    return {
        "settings": {**asdict(press), "tube_voltage_kv": rest.pop("tube_voltage_kv")},
        "beam": _take_beam(rest),
        "dose": _take(rest, _DOSE),
        "counts_toward_dose": rest.pop("priced"),
        **rest,
    }


def _take_beam(rest: dict[str, Any]) -> dict[str, Any]:
    return {"on_ms": rest.pop("beam_on_ms"), **_take(rest, ("mas", "scan_length_mm", "tube_at_deg"))}


def _take(rest: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Fields out of an event; what is left in it is what nobody knows."""
    return {name: rest.pop(name) for name in names}
