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
        ctdi_phantom_cm: of the CTDI phantom that a scanner takes for this part of the body
    """

    words: str
    dlp_mgy_cm: float
    spread: str
    source: str
    ctdi_phantom_cm: int = 32


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

PLANNING_ESTIMATE_DLP_MGY_CM = 45.0
PLANNING_ESTIMATE_WORDS = "our estimate for 50 mAs, 8 cm"
"""Our estimate for the planning scan of the procedure that is simulated. The paper gives 50 mAs and 120 kV (AJNR
2012;33:541), no length and no dose-length product. 8 cm are an assumption: 26 mGy cm over them, 45 with the
over-ranging of a helical scan."""

GUIDANCE_MEDIAN_DLP_MGY_CM = 4.94
GUIDANCE_MEDIAN_IMAGES = 3
GUIDANCE_SOURCE = "Paik 2014"

OPERATOR_USV_PER_PROCEDURE = 25.0
OPERATOR_USV_RANGE = "7 to 48"
OPERATOR_SOURCE = "Paulson 2001, Radiology 220:161"


def published_for(ctdi_phantom_cm: int) -> tuple[PublishedDose, ...]:
    """Published procedures whose dose-length product belongs to a CTDI phantom; none for a neck's 16 cm."""
    return tuple(one for one in PUBLISHED_DLP if one.ctdi_phantom_cm == ctdi_phantom_cm)


def has_published_marks(ctdi_phantom_cm: int) -> bool:
    """Whether the marks of planning and guidance, both lumbar, may stand beside a dose of this phantom."""
    return bool(published_for(ctdi_phantom_cm))


NO_NECK_DOSE = (
    "No dose-length product of such a procedure is published for the 16 cm phantom of a neck, so none is marked."
)

NO_PATCH_DOSE = (
    "No dose-length product has been published for CT-guided epidural blood patches; those of epidural and "
    "periradicular injections stand in."
)
