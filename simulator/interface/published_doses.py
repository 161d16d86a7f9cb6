"""Published values that a procedure is laid beside; each with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDose:
    """Dose-length product of a comparable procedure.

    Attributes:
        words: procedure and technique
        dlp_mgy_cm: median or mean, as published
        spread: as published, in words
    """

    words: str
    dlp_mgy_cm: float
    spread: str
    source: str


PUBLISHED_DLP = (
    PublishedDose(
        words="Lumbar periradicular, intermittent CTF, 100 kV 5 mAs",
        dlp_mgy_cm=2.26,
        spread="median, n = 183",
        source="doi 10.1177/0284185117694508",
    ),
    PublishedDose(
        words="Lumbar interlaminar epidural, spot CTF",
        dlp_mgy_cm=4.94,
        spread="median",
        source="Paik 2014, PubMed 24895034",
    ),
    PublishedDose(
        words="Lumbar interlaminar epidural, helical planning",
        dlp_mgy_cm=31.78,
        spread="median",
        source="Paik 2014, PubMed 24895034",
    ),
    PublishedDose(
        words="Lumbar interlaminar epidural, CT",
        dlp_mgy_cm=89.6,
        spread="± 3.33 as printed, n = 345",
        source="Chang 2013, AJNR 34:1882",
    ),
    PublishedDose(
        words="CT spinal injections, reduced technique",
        dlp_mgy_cm=199.0,
        spread="± 101",
        source="Shepherd 2011, PMC7966006",
    ),
    PublishedDose(
        words="CT spinal injections, before reduction",
        dlp_mgy_cm=1458.0,
        spread="± 1022",
        source="Shepherd 2011, PMC7966006",
    ),
)

PAPER_PLANNING_DLP_MGY_CM = 26.0
"""The planning scan of 50 mAs at 120 kV that the simulated procedure follows (AJNR 2012;33:541)."""

GUIDANCE_MEDIAN_DLP_MGY_CM = 4.94
GUIDANCE_MEDIAN_IMAGES = 3
GUIDANCE_SOURCE = "Paik 2014"

OPERATOR_USV_PER_PROCEDURE = 25.0
OPERATOR_SOURCE = "Paulson 2001, Radiology 220:161"

NO_PATCH_DOSE = (
    "No dose-length product has been published for CT-guided epidural blood patches; those of epidural and "
    "periradicular injections stand in."
)
