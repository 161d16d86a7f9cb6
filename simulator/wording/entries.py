"""Entries: the words that belong to one metric, one cap, one lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, float | str]
"""What fills the named fields of a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWords:
    """Words of one metric; braces hold named fields that the measurement fills.

    Attributes:
        name: as printed
        reference: what the value is held against, as the scorecard has it
        source: where the reference comes from
        unmeasured_reference: the reference where what the value is held against could not be measured; None where it
            always can
        printed_reference: the reference in the form in which the value is printed; None where they agree
    """

    name: str
    reference: str
    source: str
    unmeasured_reference: str | None = None
    printed_reference: str | None = None

    def fill_reference(self, values: Fields) -> str:
        """The reference with its named fields filled; no values stand for one that could not be measured."""
        if not values and self.unmeasured_reference is not None:
            return self.unmeasured_reference
        return self.reference.format(**values)

    def fill_printed_reference(self, values: Fields) -> str:
        """The reference in the form in which the value is printed."""
        if self.printed_reference is None:
            return self.fill_reference(values)
        return self.printed_reference.format(**values)

    def fill_source(self, values: Fields) -> str:
        """The source with its named fields filled."""
        return self.source.format(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWords:
    """Words of what limits the score.

    Attributes:
        reason: as the scorecard has it
        meaning: what it means for the patient and the score
        fix: what to do otherwise
    """

    reason: str
    meaning: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonWords:
    """Advice that a scored metric gives.

    Attributes:
        fix: what to do where it was poor
        keep: what was done well where it was not
    """

    fix: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureWords:
    """Words of one structure of the body.

    Attributes:
        legend: in the legend of a figure
        short: where there is little room
    """

    legend: str
    short: str


def prettified(text: str) -> str:
    """A reference or a source with the signs that its units and spreads are printed with."""
    for plain, printed in (("+-", "±"), ("mGy cm", "mGy·cm"), ("uGy", "µGy"), ("uSv", "µSv")):
        text = text.replace(plain, printed)
    return text
