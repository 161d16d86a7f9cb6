"""Twenty real and twenty simulated axial slices about the canal, brought to one grid, blur and noise.

Real: three people of the sets that lie beside the project, supine and turned here to look prone; lumbar ones of
TCGA-OV (with contrast in the veins) and LIDC, thoracic ones of LIDC and of the DICOM series. Simulated: ten drawn
people, straight from their densities, without a scanner. All are slices of 3 mm (LIDC's have 2.5) on pixels of 1 mm,
120 mm wide, with the canal near the middle: couch and belly, which would tell at a glance, are out of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates, uniform_filter

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct.files import read_ct
from phantoms.from_ct.image import CtImage
from phantoms.people import random_person
from phantoms.spine import build_spine
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN
from tests.contact_sheet import PIXEL_MM, hounsfield, location

Array = NDArray[np.float64]
SIZE_MM = 120
THICKNESS_MM = 3
SOURCE_BLUR_MM = 0.55
"""Standard deviation of the blur that the real sets come with: an assumption for soft kernels."""
COMMON_BLUR_MM = 1.0
_ADDED_MM = float(np.sqrt(COMMON_BLUR_MM**2 - SOURCE_BLUR_MM**2))
NOISE_GRAIN_MM = 0.45
JITTER_MM = 4.0
FIRST_PERSON = 1000
NO_CONTRAST = MyelogramParameters(volume_ml=0.0)
SOFT_TISSUE_HU = (-150.0, 200.0)
LEVELS = {"lumbar": ("L1", "L2", "L3", "L4", "L5"), "thoracic": ("T9", "T10", "T11", "T12", "T11/12")}
CANAL_LABEL = 79
# Row and column of the canal by eye at some planes of the set without labels; lumbar from L5 to L1
TCGA_CANAL = {12: (283, 226), 26: (290, 228), 40: (292, 228), 54: (296, 224), 66: (294, 228)}


@dataclass(frozen=True)
class Slice:
    """One slice, back up and the patient's left on the left.

    Attributes:
        hu: on pixels of 1 mm [shape=(SIZE_MM, SIZE_MM)]
        real, person, region: what the key tells
    """

    hu: Array
    real: bool
    person: str
    region: str


def noise_hu(hu: Array) -> float:
    """Noise of a slice: the standard deviation in its flattest places of soft tissue."""
    mean = uniform_filter(hu, 7)
    spread = np.sqrt(np.maximum(uniform_filter(hu**2, 7) - mean**2, 0))
    soft = (mean > SOFT_TISSUE_HU[0]) & (mean < SOFT_TISSUE_HU[1])
    return float(np.quantile(spread[soft], 0.1)) if soft.any() else float("nan")


def real_slices(root: Path, random: np.random.Generator) -> list[Slice]:
    """Ten lumbar and ten thoracic ones; FileNotFoundError names what is missing."""
    sets = {
        "tcga-ov": ("lumbar_tcga_ov/ct.nii.gz", None),
        "lidc": ("thoracolumbar_lidc_labelled/ct.nii.gz", "thoracolumbar_lidc_labelled/labels.nii.gz"),
        "dicom": ("dicom_thoracolumbar_labelled/dicom", "dicom_thoracolumbar_labelled/labels.nii.gz"),
    }
    for names in sets.values():
        for name in names:
            if name is not None and not (root / name).exists():
                raise FileNotFoundError(f"no {name} in {root}: name the folder of real CTs in CTFSIM_REAL_CT")
    found = []
    for person, (ct_name, label_name) in sets.items():
        ct = read_ct(root / ct_name, None if label_name is None else root / label_name)
        for region, planes in _planes(person, ct).items():
            for plane in planes:
                found.append(Slice(_cut(ct, plane, _canal(ct, plane), random), True, person, region))
    return found


def simulated_slices(noise: Sequence[float], random: np.random.Generator) -> Iterator[Slice]:
    """As many as there are noises to be given, half of them lumbar, two of each drawn person."""
    for index, aim in enumerate(noise):
        drawn, region = index // 2, ("lumbar", "thoracic")[index % 2]
        if region == "lumbar":
            person = random_person(FIRST_PERSON + drawn, vertebrae=FIVE_LUMBAR_COLUMN)
            spine = build_spine(replace(person, myelogram=NO_CONTRAST))  # which the real ones have not in their canal
        level = LEVELS[region][int(random.integers(len(LEVELS[region])))]
        x, y, z = location(spine, level) + np.array([0.0, 8.0, random.uniform(-10, 10)])
        half, count = SIZE_MM / 2 + 12, round((SIZE_MM + 24) / PIXEL_MM)
        box = hounsfield(spine, (x - half, y - half, z - 1.0), (THICKNESS_MM, count, count)).mean(axis=0)
        smooth = gaussian_filter(box, COMMON_BLUR_MM / PIXEL_MM)
        grain = gaussian_filter(random.standard_normal(box.shape), np.hypot(NOISE_GRAIN_MM, _ADDED_MM) / PIXEL_MM)
        middle = (np.array(box.shape) - 1) / 2 + random.uniform(-JITTER_MM, JITTER_MM, 2) / PIXEL_MM
        clean, speckle = (_sampled(each, middle, PIXEL_MM) for each in (smooth, grain / grain.std()))
        yield Slice(_with_noise(clean, speckle, aim), False, f"drawn-{drawn}", region)


def _with_noise(clean: Array, speckle: Array, aim: float) -> Array:
    """So much speckle that the flattest places are as noisy as a real slice's; found by halving."""
    low, high = 0.0, 5.0 * aim
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if noise_hu(clean + middle * speckle) < aim else (low, middle)
    return clean + low * speckle


def _planes(person: str, ct: CtImage) -> dict[str, list[int]]:
    """Which planes are taken, spread evenly over what the set shows."""
    if person == "tcga-ov":
        return {"lumbar": [round(k) for k in np.linspace(18, 66, 7)]}
    if person == "dicom":
        return {"thoracic": [round(k) for k in np.linspace(1, len(ct.hu) - 2, 3)]}
    assert ct.labels is not None
    lumbar = [k for k in range(len(ct.hu)) if np.isin(ct.labels[k], (29, 30, 31)).sum() > 800]
    thoracic = [k for k in range(len(ct.hu)) if np.isin(ct.labels[k], (32, 33, 34, 35)).sum() > 800 and k not in lumbar]
    return {
        "lumbar": [lumbar[round(k)] for k in np.linspace(1, len(lumbar) - 2, 3)],
        "thoracic": [thoracic[round(k)] for k in np.linspace(0, len(thoracic) - 1, 7)],
    }


def _canal(ct: CtImage, plane: int) -> Array:
    if ct.labels is None:
        known = sorted(TCGA_CANAL)
        return np.array([np.interp(plane, known, [TCGA_CANAL[k][axis] for k in known]) for axis in (0, 1)])
    return np.argwhere(ct.labels[plane] == CANAL_LABEL).mean(axis=0)


def _cut(ct: CtImage, plane: int, middle: Array, random: np.random.Generator) -> Array:
    pixel = ct.grid.spacing_mm[0]
    smooth = gaussian_filter(ct.hu[plane].astype(np.float64), _ADDED_MM / pixel)
    return _sampled(smooth, middle + random.uniform(-JITTER_MM, JITTER_MM, 2) / pixel, pixel)


def _sampled(hu: Array, middle: Array, pixel_mm: float) -> Array:
    """On the common grid, with the back up."""
    steps = (np.arange(SIZE_MM) - (SIZE_MM - 1) / 2) / pixel_mm
    rows, columns = np.meshgrid(middle[0] + steps, middle[1] + steps, indexing="ij")
    return np.asarray(map_coordinates(hu, [rows, columns], order=1, mode="constant", cval=-1000.0))[::-1, ::-1]
