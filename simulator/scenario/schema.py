"""Schema: the form of a scenario file. Unknown keys are refused; every number has its range."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Region = Literal["cervical", "thoracic", "lumbar"]
Kilovolt = Literal[80, 100, 120, 140]
Milliampere = Annotated[float, Field(ge=5, le=100)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Patient(_Section):
    """Who is on the table: a named phantom, or a real CT by its folder."""

    phantom: str | None = Field(default=None, description="name in the catalogue, such as patient-2")
    ct: str | None = Field(default=None, description="name of a CT that ships, or the folder that import-ct wrote")

    @model_validator(mode="after")
    def _one_of_them(self) -> Patient:
        if (self.phantom is None) == (self.ct is None):
            raise ValueError("give either phantom or ct")
        return self


class Leak(_Section):
    """Where the leak is, and what is right for it."""

    level: str = Field(description='interspace, such as "L3/4"')
    side: Literal["left", "right", "both"] = "both"
    pattern: Literal["circumferential", "root-sleeve", "slow"] = "circumferential"
    approaches: list[Literal["midline interlaminar", "paramedian interlaminar", "transforaminal"]] = Field(
        default=["midline interlaminar", "paramedian interlaminar"], min_length=1
    )
    zones: list[Literal["dorsal", "lateral", "ventral", "foraminal"]] = Field(
        default=["dorsal", "lateral"], min_length=1
    )
    needle_levels: list[str] = Field(default=[], description="accepted interspaces; empty: the leak's own")


class Myelogram(_Section):
    """The CT myelogram that comes with the patient."""

    levels: Annotated[list[str], Field(min_length=2, max_length=2)]
    mas: float = Field(default=223.0, ge=5, le=400, description="tube load, mAs")


class Console(_Section):
    """What the scanner's console offers."""

    tube_voltages_kv: list[Kilovolt] = Field(default=[80, 100, 120, 140], min_length=1)
    tube_currents_ma: list[Milliampere] = Field(default=[10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0], min_length=1)
    preset_tube_voltage_kv: Kilovolt = Field(default=120, description="what fluoroscopy is set to at the start, kV")
    preset_tube_current_ma: Milliampere = Field(default=30.0, description="what fluoroscopy is set to, mA")
    preset_rotation_s: float = Field(default=0.5, ge=0.4, le=1.5, description="what fluoroscopy is set to, s")
    planning_mas: float = Field(
        default=50.0, ge=5, le=300, description="tube load of the planning scan's protocol, mAs"
    )
    planning_scan_prescribed: bool = Field(default=True, description="the paper's 50 mAs planning scan is prescribed")


class HandsSection(_Section):
    """How well hands do what they intend."""

    kind: Literal["default", "exact"] = "default"


class Limits(_Section):
    """Where the procedure ends."""

    blood_ml: float = Field(default=16.0, ge=1, le=40, description="volume that may be injected without a cue, mL")
    minutes: float = Field(default=60.0, ge=5, le=240)


class Text(_Section):
    """What the operator reads."""

    request: str = Field(max_length=2000)


class Scenario(_Section):
    """One scenario file."""

    format: Literal[1]
    title: str = Field(min_length=1, max_length=200)
    region: Region = "lumbar"
    patient: Patient
    leak: Leak
    myelogram: Myelogram | None = None
    scanner: Console = Field(default_factory=Console)
    hands: HandsSection = Field(default_factory=HandsSection)
    limits: Limits = Field(default_factory=Limits)
    rubric: dict[str, Any] = Field(default={}, description="numbers of the rubric to replace")
    text: Text
