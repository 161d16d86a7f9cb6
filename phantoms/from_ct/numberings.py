"""What the numbers of a label volume mean: the numberings of published segmenters, and names as they write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from phantoms.from_ct.image import SACRUM, SPINAL_CORD, VERTEBRA_LABELS
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, SIX_LUMBAR_COLUMN, Vertebra

SACRUM_NAME, CORD_NAME, T13_NAME = "sacrum", "spinal cord", "T13"
LabelNames = Mapping[int, str]
"""Name by number: a vertebra ("L4"), `SACRUM_NAME`, `CORD_NAME`, `T13_NAME`, or a rib ("rib 12 left")."""

TOTALSEGMENTATOR, TOTALSEGMENTATOR_V1, TOTALSEGMENTATOR_V3 = (
    "totalsegmentator",
    "totalsegmentator-v1",
    "totalsegmentator-v3",
)
VERSE, VERTEBRAE_MR = "verse", "vertebrae-mr"
NUMBERINGS = (TOTALSEGMENTATOR, TOTALSEGMENTATOR_V1, TOTALSEGMENTATOR_V3, VERSE, VERTEBRAE_MR)
"""As `--numbering` names them."""

VERSE_LABELS = {1 + i: vertebra for i, vertebra in enumerate(SIX_LUMBAR_COLUMN)}
"""Numbers of the vertebrae in VerSe, from the head down; 26 is the sacrum, whose thickest part is S1."""

_UPWARDS = tuple(reversed(FIVE_LUMBAR_COLUMN[:-1]))  # L5 to C1


def _ribs(left: int, right: int) -> dict[int, str]:
    """Twelve ribs to each side, numbered from the head down from these numbers on."""
    return {first + i: f"rib {i + 1} {side}" for first, side in ((left, "left"), (right, "right")) for i in range(12)}


def _total() -> dict[int, str]:
    """The task `total` of TotalSegmentator 2, with our own number of an L6."""
    names: dict[int, str] = {number: str(vertebra) for number, vertebra in VERTEBRA_LABELS.items()}
    return {**names, SACRUM: SACRUM_NAME, SPINAL_CORD: CORD_NAME, **_ribs(92, 104)}


def _version_1() -> dict[int, str]:
    """TotalSegmentator 1: vertebrae from 18 upwards, the sacrum 92; ribs where version 2 has other structures."""
    return {**{18 + i: str(vertebra) for i, vertebra in enumerate(_UPWARDS)}, 92: SACRUM_NAME, **_ribs(58, 70)}


TABLES: Mapping[str, LabelNames] = MappingProxyType(
    {
        TOTALSEGMENTATOR: _total(),
        TOTALSEGMENTATOR_V1: _version_1(),
        TOTALSEGMENTATOR_V3: {**_total(), 26: "L6"},  # the task `total_v3` of 2.15 has an L6 in the place of S1
        VERSE: {**{number: str(vertebra) for number, vertebra in VERSE_LABELS.items()}, 28: T13_NAME},
        VERTEBRAE_MR: {1: SACRUM_NAME, **{2 + i: str(vertebra) for i, vertebra in enumerate(_UPWARDS)}},
    }
)  # fmt: skip
"""Numbers of TotalSegmentator (Wasserthal et al. 2023) in its versions, of VerSe (Sekuboyina et al. 2021), whose
numbers 1 to 24 are also those of the task `vertebrae_pp`, and of the task `vertebrae_mr`."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        TOTALSEGMENTATOR: "TotalSegmentator 2 (`total`)",
        TOTALSEGMENTATOR_V1: "TotalSegmentator 1",
        TOTALSEGMENTATOR_V3: "TotalSegmentator 2.15 (`total_v3`, 26 is L6)",
        VERSE: "VerSe",
        VERTEBRAE_MR: "the task `vertebrae_mr`",
    }
)
"""As messages name them."""

_VERTEBRA = re.compile(r"(?<![A-Za-z0-9])([CTLS])\s?(\d{1,2})(?![0-9])", re.IGNORECASE)
_RIB = re.compile(r"(?<![a-z])ribs?[ _-]*(left|right)[ _-]*(\d{1,2})(?![0-9])", re.IGNORECASE)
_CORD = re.compile(r"spinal[ _-]*cord", re.IGNORECASE)


def meaning_of(label_name: str) -> str | None:
    """What a label's own name means, in the words of `LabelNames`; None for any other structure.

    Names such as "vertebrae_L4", "L4 vertebra", "Vertebra L4" and "L4" are read; so are "sacrum", "spinal_cord" and
    "rib_left_12". A disc ("L4/L5", "disc_L4") is no vertebra.
    """
    text = label_name.replace("_", " ").strip()
    if (rib := _RIB.search(text)) is not None:
        return f"rib {int(rib[2])} {rib[1].lower()}"
    if _CORD.search(text):
        return CORD_NAME
    if text.lower() in (SACRUM_NAME, "os sacrum", "sacral"):
        return SACRUM_NAME
    found = _VERTEBRA.findall(text)
    if len(found) != 1 or re.search(r"dis[ck]|root|nerve|rib|canal|foram|ivd|endplate|muscle", text, re.IGNORECASE):
        return None
    name = f"{found[0][0].upper()}{int(found[0][1])}"
    return name if name == T13_NAME or name in list(map(str, Vertebra)) else None
