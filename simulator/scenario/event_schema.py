"""Event schema: what happens by script, what sets it off, and what answering it well means."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from simulator.scenario.sections import Section, optional_number
from simulator.scenario.words import AnswerWord, HappeningWord, MaterialWord, MomentWord, PhaseWord, StructureWord
from simulator.vocabulary.procedure import InjectedMaterial

TRIGGERS = ("when", "at_min", "at_depth_mm", "near", "at_press", "at_volume_ml", "in_phase")
OF_ARM_LINE = ("arm line fails", "arm line clots")
_BELONGS_TO = {"within_mm": "near", "material": "at_volume_ml", "answer_within_min": "answer"}


def _only(*wanted: str) -> list[dict[str, Any]]:
    return [{"required": [key]} for key in wanted]


_FORM: dict[str, Any] = {
    "if": {"properties": {"kind": {"enum": list(OF_ARM_LINE)}}, "required": ["kind"]},
    "then": {"not": {"anyOf": _only(*TRIGGERS)}},
    "else": {"oneOf": _only(*TRIGGERS)},
    "dependencies": {key: [other] for key, other in _BELONGS_TO.items()},
}


class EventSection(Section):
    """Something that happens by script, set off by one of `when`, `at_min`, `at_depth_mm`, `near` and the like."""

    model_config = ConfigDict(json_schema_extra=_FORM)

    kind: HappeningWord = Field(description="what happens")
    when: MomentWord | None = Field(default=None, description="the first moment of this kind")
    at_min: float | None = optional_number(0, 240, "min", "time since the start")
    at_depth_mm: float | None = optional_number(1, 150, "mm", "of needle in the patient, from which on it happens")
    near: StructureWord | None = Field(default=None, description="structure that the tip comes near")
    within_mm: float | None = optional_number(0, 30, "mm", "how near to it; 2 where it is left out")
    at_press: int | None = Field(default=None, ge=1, le=200, description="press of the pedal that sets it off, from 1")
    at_volume_ml: float | None = optional_number(0.5, 40, "mL", "injected, from which on it happens")
    material: MaterialWord = Field(default=InjectedMaterial.BLOOD, description="what that volume is of")
    in_phase: PhaseWord | None = Field(default=None, description="phase of the procedure that sets it off")
    answer: AnswerWord | None = Field(default=None, description="what answers it well; left out: what helps in fact")
    answer_within_min: float | None = optional_number(0.1, 30, "min", "how soon that must come; left out: in time")

    @model_validator(mode="after")
    def _check_exactly_one(self) -> EventSection:
        given = [key for key in TRIGGERS if getattr(self, key) is not None]
        if self.kind in OF_ARM_LINE and given:
            raise ValueError(f"an arm line shows what it is when blood is drawn: leave {' and '.join(given)} out")
        if self.kind not in OF_ARM_LINE and len(given) != 1:
            listed = f"{', '.join(TRIGGERS[:-1])} or {TRIGGERS[-1]}"
            what = "nothing sets this off" if not given else f"{' and '.join(given)} are two things that set it off"
            raise ValueError(f"{what}: give exactly one of {listed}")
        if any(key in self.model_fields_set and getattr(self, key) is None for key in TRIGGERS):
            return self  # a record names every key, also those that say nothing; a file cannot
        for key, other in _BELONGS_TO.items():
            if key in self.model_fields_set and getattr(self, key) is not None and getattr(self, other) is None:
                raise ValueError(f"{key} says nothing without {other}: add {other}, or leave {key} out")
        return self
