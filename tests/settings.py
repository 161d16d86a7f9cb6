"""Settings: changes of a case's settings by the bare names of their fields, whichever room they belong to."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from simulator.engine.settings import ImagingSettings, MyelogramProtocol, NeedleSettings, Settings

_IMAGING = {item.name for item in fields(ImagingSettings)}
_NEEDLE = {item.name for item in fields(NeedleSettings)}


def changed_settings(settings: Settings, **changes: Any) -> Settings:
    """The same settings with some fields changed; `myelogram_levels` alone gives a myelogram without tube load."""
    if "myelogram_levels" in changes:
        levels, mas = changes.pop("myelogram_levels"), changes.pop("myelogram_mas", 0.0)
        changes["myelogram"] = None if levels is None else MyelogramProtocol(levels=levels, mas=mas)
    imaging = {name: changes.pop(name) for name in list(changes) if name in _IMAGING}
    if "needles" in changes:
        changes["tray"] = changes.pop("needles")
    needle = {name: changes.pop(name) for name in list(changes) if name in _NEEDLE}
    return replace(
        settings,
        imaging=replace(settings.imaging, **imaging),
        needle=replace(settings.needle, **needle),
        **changes,
    )
