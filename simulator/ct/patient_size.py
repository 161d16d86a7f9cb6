"""Patient size: water-equivalent diameter of a slice (AAPM Report 220), and the size-specific dose estimate (204)."""

from __future__ import annotations

import math

import numpy as np

from phantoms.phantom import BasisVolume, Label
from simulator.ct.spectrum import basis_per_mm

EFFECTIVE_KEV = 70.0
"""Energy at which CT numbers are taken here; assumption for 120 kV. Between 60 and 80 keV the
diameter of a lumbar slice moves by less than 0.1 %, that of a neck by 0.4 %."""

SSDE_FIT = {32: (3.704369, 0.03671937), 16: (1.874799, 0.03871313)}
"""a and b per cm of the conversion factor a exp(-b D), by the diameter of the CTDI phantom in cm. Source: AAPM Report
204, fits for the 32 cm and the 16 cm phantom, all tube voltages together; read in public programs that quote it."""


def water_equivalent_diameter_cm(volume: BasisVolume, z_mm: float) -> float:
    """Water-equivalent diameter of the slice nearest to a height in the patient, cm.

    It is the diameter of a cylinder of water that attenuates as much: the sum of mu over mu of water over the body's
    pixels, which is that of CT number / 1000 + 1, as an area (AAPM Report 220). A body that the grid cuts off is taken
    as far as the grid goes.
    """
    index = int(np.argmin(np.abs(volume.grid.z_mm - z_mm)))
    per_mm = basis_per_mm(np.array([EFFECTIVE_KEV]))[:, 0]
    density = volume.plane(index)
    relative = np.tensordot(per_mm / per_mm[0], density.astype(np.float64), axes=1)
    inside = volume.label[index] != Label.AIR
    pixel_cm2 = volume.grid.spacing_mm[0] * volume.grid.spacing_mm[1] / 100.0
    area_cm2 = float(relative[inside].sum()) * pixel_cm2
    return 2.0 * math.sqrt(area_cm2 / math.pi)


def ssde_conversion_factor(diameter_cm: float, ctdi_phantom_cm: int) -> float:
    """Size-specific dose estimate over CTDIvol, for a water-equivalent diameter and a CTDI phantom of 16 or 32 cm.

    Raises:
        ValueError: there is no fit for this phantom.
    """
    if ctdi_phantom_cm not in SSDE_FIT:
        raise ValueError(f"no size-specific factor is published for a phantom of {ctdi_phantom_cm} cm; choose 16 or 32")
    scale, per_cm = SSDE_FIT[ctdi_phantom_cm]
    return scale * math.exp(-per_cm * diameter_cm)
