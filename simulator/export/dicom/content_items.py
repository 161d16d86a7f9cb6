"""Content items: the nodes of a structured report, with every number in the form that DS takes.

Code meanings stand to the letter: a dose registry was seen to find values by the English meaning alone, and to lose
them in silence where another meaning stood beside the right code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from highdicom.sr import (
    CodeContentItem,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    DateTimeContentItem,
    NumContentItem,
    PnameContentItem,
    RelationshipTypeValues,
    TextContentItem,
    UIDRefContentItem,
)
from pydicom.sr.coding import Code

from simulator.export.dicom.decimal_strings import decimal_string

CONTAINS = RelationshipTypeValues.CONTAINS
HAS_CONCEPT_MOD = RelationshipTypeValues.HAS_CONCEPT_MOD
HAS_OBS_CONTEXT = RelationshipTypeValues.HAS_OBS_CONTEXT
HAS_PROPERTIES = RelationshipTypeValues.HAS_PROPERTIES

MGY, MGY_CM, MSV = (Code(text, "UCUM", text) for text in ("mGy", "mGy.cm", "mSv"))
MM, SECOND, KV, MA = (Code(text, "UCUM", text) for text in ("mm", "s", "kV", "mA"))
RATIO, EVENTS, SOURCES = (Code(text, "UCUM", text[1:-1]) for text in ("{ratio}", "{events}", "{X-Ray sources}"))
MSV_PER_MGY_CM = Code("mSv/mGy.cm", "UCUM", "mSv/mGy.cm")
YES, NO = Code("373066001", "SCT", "Yes"), Code("373067005", "SCT", "No")


def dcm(value: str, meaning: str) -> Code:
    """A code of DICOM's own scheme."""
    return Code(value, "DCM", meaning)


def number(
    name: Code, value: float | str, unit: Code, children: Sequence[ContentItem] = (), relationship: str = "CONTAINS"
) -> ContentItem:
    """A measured value.

    Args:
        value: a number, or one that is written already
    """
    text = value if isinstance(value, str) else decimal_string(value)
    made = NumContentItem(name, 0, unit, relationship_type=RelationshipTypeValues(relationship))
    # As text, so that it stands in the file as it stands in every sum that is made of it
    made.MeasuredValueSequence[0].NumericValue = text
    return _with(made, children)


def code(
    name: Code,
    value: Code,
    children: Sequence[ContentItem] = (),
    relationship: RelationshipTypeValues = CONTAINS,
) -> ContentItem:
    """A coded value."""
    return _with(CodeContentItem(name, value, relationship_type=relationship), children)


def text(name: Code, value: str, relationship: RelationshipTypeValues = CONTAINS) -> ContentItem:
    """A value in words."""
    return TextContentItem(name, value, relationship_type=relationship)


def person(name: Code, value: str, children: Sequence[ContentItem] = ()) -> ContentItem:
    """A person's name."""
    return _with(PnameContentItem(name, value, relationship_type=CONTAINS), children)


def uid_reference(name: Code, value: str, relationship: RelationshipTypeValues = CONTAINS) -> ContentItem:
    """A UID."""
    return UIDRefContentItem(name, value, relationship_type=relationship)


def moment(name: Code, value: datetime, relationship: RelationshipTypeValues) -> ContentItem:
    """A date with its time, to the millisecond and with its zone."""
    text = value.strftime("%Y%m%d%H%M%S.") + f"{value.microsecond // 1000:03d}" + value.strftime("%z")
    return DateTimeContentItem(name, text, relationship_type=relationship)


def container(
    name: Code, children: Sequence[ContentItem], *, template: str | None = None, is_root: bool = False
) -> ContentItem:
    """A group of items, with the template that it follows."""
    made = ContainerContentItem(
        name, is_content_continuous=False, template_id=template, relationship_type=None if is_root else CONTAINS
    )
    return _with(made, children)


def _with(item: ContentItem, children: Sequence[ContentItem]) -> ContentItem:
    if children:
        item.ContentSequence = ContentSequence(children)
    return item
