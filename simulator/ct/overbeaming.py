"""Overbeaming: a narrow beam wastes a larger share of its dose in the penumbra, so its CTDIvol per mAs is higher.

A beam is made wider than the detector rows in use, so that no row lies in the penumbra of the focal spot. The width
that is added hardly depends on the collimation. CTDIvol is the dose along the table over the nominal collimation, so
it goes as (collimation + penumbra) / collimation. That the penumbra is a smaller part of a wider beam: RadioGraphics
2007;27:49, figure 2.
"""

from __future__ import annotations

from simulator.ct.scanner_model import ScannerModel, scanner_model

ANCHOR_COLLIMATION_MM = scanner_model().ctdi_collimation_mm
"""Collimation to which the anchors of the standard scanner belong. Assumption: those anchors are recalled and name no
collimation; tables of scanners give the CTDIvol of body and head protocols with all rows in use (from memory)."""

PENUMBRA_MM = scanner_model().penumbra_mm
"""Width that is added to the beam, at the isocentre, both sides together (from memory: a usual value for scanners of
several rows in dosimetry programs; the ImPACT tables hold that of this scanner and could not be read). A focal spot of
1 mm alone gives some 2 mm, by similar triangles with the collimator at a third of the way (assumption)."""


def overbeaming_factor(collimation_mm: float, scanner: ScannerModel | None = None) -> float:
    """CTDIvol per mAs at a collimation over that at the collimation of the scanner's anchors; None: the standard one.

    Raises:
        ValueError: the collimation is not above zero.
    """
    if not collimation_mm > 0:
        raise ValueError(f"the collimation must be above zero, not {collimation_mm} mm")
    scanner = scanner or scanner_model()
    penumbra_mm, widest_mm = scanner.penumbra_mm, scanner.ctdi_collimation_mm
    return (collimation_mm + penumbra_mm) / collimation_mm / ((widest_mm + penumbra_mm) / widest_mm)
