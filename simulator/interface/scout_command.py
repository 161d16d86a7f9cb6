"""The command that takes a scout; `commands` offers it with all others."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.interface.command_fields import within
from simulator.vocabulary.scout import ScoutOrientation


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquireScout:
    """Take an overview radiograph: the tube stands still, the table moves from one position to another.

    Without positions it covers all that the table reaches of the patient. Levels are counted in it; it names none.
    """

    orientation: ScoutOrientation = ScoutOrientation.POSTEROANTERIOR
    from_mm: float | None = field(default=None, metadata={"low": -3000, "high": 3000, "unit": "mm"})
    to_mm: float | None = field(default=None, metadata={"low": -3000, "high": 3000, "unit": "mm"})
    tube_voltage_kv: int = field(default=120, metadata={"low": 80, "high": 140, "unit": "kV"})
    tube_current_ma: float = within(10, 200, "mA", 30.0)
