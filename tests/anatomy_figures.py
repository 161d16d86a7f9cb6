"""Figures of what stands about the canal, read by one program from synthetic patients and from real CT.

python -m tests.anatomy_figures [SEED ...]

Both are first brought to the same pixels, with the blur and noise of our scanner. Where no real set shows a thing
finely enough (the sacroiliac joint in voxels of 3 mm) the synthetic figure stands against published ones alone.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_erosion, distance_transform_edt, gaussian_filter, label, zoom

from phantoms.anatomy_kernels import canal_coordinates
from phantoms.from_ct.sources import open_labels, open_volume
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra
from tests.anatomy_pairs import CT_VERTEBRAE, real_ct
from tests.contact_sheet import PIXEL_MM, Array, location, scanned, voxels
from tests.real_data import real_data

Mask = NDArray[np.bool_]
LEAN_HU, FAT_HU = 58.0, -100.0  # of muscle without visible fat, and of fat (assumption, both as in our tables)
_ERECTOR_LABELS, _LUNG_LABELS = (86, 87), (10, 11, 12, 13, 14)
_ARCH_LABELS, _BODY_LABELS = (41, 43, 44, 45, 46, 47, 48), (49, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box of voxels as scanned, and masks of what it shows [shape=(z, y, x)]; y runs to the back."""

    hu: Array
    spacing_mm: tuple[float, float, float]
    masks: dict[str, Mask]


def as_scanned(hu: Array, spacing_mm: tuple[float, float, float], masks: dict[str, Mask], seed: int = 0) -> Box:
    """Planes in pixels of `PIXEL_MM` with the blur and noise of our scanner."""
    rng = np.random.default_rng(seed)
    grow = (1.0, spacing_mm[1] / PIXEL_MM, spacing_mm[2] / PIXEL_MM)
    fine = zoom(hu, grow, order=1)
    return Box(
        hu=np.stack([scanned(plane, rng) for plane in fine]),
        spacing_mm=(spacing_mm[0], PIXEL_MM, PIXEL_MM),
        masks={name: zoom(mask.astype(np.uint8), grow, order=0) > 0 for name, mask in masks.items()},
    )


def wall_step_hu(box: Box) -> float:
    """How much denser marrow is 1.5 to 5 mm behind the posterior wall, in the pedicles, than as far before it."""
    body, arch = box.masks["body"], box.masks["arch"]
    bone = body | arch
    # more than 2.2 mm below any surface: no cortex
    core = distance_transform_edt(bone, box.spacing_mm) > 2.2
    from_body, from_arch = (distance_transform_edt(~one, box.spacing_mm) for one in (body, arch))
    behind = arch & core & (from_body > 1.5) & (from_body < 5.0)
    before = body & core & (from_arch > 1.5) & (from_arch < 5.0)
    return float(np.median(box.hu[behind]) - np.median(box.hu[before]))


def psoas_gap_mm(box: Box) -> float:
    """Fat between a vertebra's side and the muscle beside it, median over planes, rows and sides."""
    gaps: list[float] = []
    for plane, mask in zip(box.hu, box.masks["body"], strict=True):
        rows = np.flatnonzero(mask.any(axis=1))
        if len(rows) < 20:
            continue
        low, high = rows[0], rows[-1]
        for row in range(low + (high - low) * 2 // 5, low + (high - low) * 3 // 5):
            line = np.flatnonzero(mask[row])
            if len(line) < 20:
                continue
            for start, step in ((int(line[0]), -1), (int(line[-1]), 1)):
                gaps.append(PIXEL_MM * _fat_before_muscle(plane[row, start : start + 30 * step : step]))
    return float(np.median(gaps))


def _fat_before_muscle(ray: Array) -> int:
    """Pixels of fat along a ray out of bone, up to where three in a row are none; all, where there is no muscle."""
    out = int(np.argmax(ray < 150.0))
    fat = 0
    for k in range(out, len(ray) - 2):
        if (ray[k : k + 3] > 0.0).all():
            break
        fat += int(ray[k] < -20.0)
    return fat


def fat_share(box: Box, name: str) -> float:
    """Share of fat by volume in a muscle, from its mean HU; its outermost 2 mm do not count."""
    inside = binary_erosion(box.masks[name], structure=np.ones((1, 5, 5)))
    return float((LEAN_HU - box.hu[inside].mean()) / (LEAN_HU - FAT_HU))


def texture(box: Box, name: str) -> tuple[float, float]:
    """Standard deviation in HU about a running mean of 8 mm, and in-plane correlation length (1/e) in mm."""
    wide = 8.0 / PIXEL_MM
    powers, products = 0.0, np.zeros(12)
    weights = np.zeros(12)
    for plane, whole in zip(box.hu, box.masks[name], strict=True):
        mask = binary_erosion(whole, structure=np.ones((3, 3)), iterations=3)
        if np.count_nonzero(mask) < 150:
            continue
        part = mask.astype(float)
        mean = gaussian_filter(plane * part, wide) / np.maximum(gaussian_filter(part, wide), 1e-3)
        rest = np.where(mask, plane - mean, 0.0)
        powers += float((rest**2).sum())
        for shift in range(12):
            for one, other, both in (
                (rest[:, shift:], rest[:, : rest.shape[1] - shift], part[:, shift:] * part[:, : part.shape[1] - shift]),
                (rest[shift:], rest[: rest.shape[0] - shift], part[shift:] * part[: part.shape[0] - shift]),
            ):
                products[shift] += float((one * other).sum())
                weights[shift] += float(both.sum())
    if weights[0] == 0.0:
        return float("nan"), float("nan")
    covariance = products / np.maximum(weights, 1.0)
    falling = np.flatnonzero(covariance < covariance[0] / np.e)
    return float(np.sqrt(covariance[0])), PIXEL_MM * float(falling[0] if len(falling) else 12)


def vessels_in_slice(box: Box) -> float:
    """Vessels in one slice through the lungs: islands above -600 HU of 4 mm2 or more, mean over planes."""
    counts = []
    for plane, mask in zip(box.hu, box.masks["lung"], strict=True):
        inner = binary_erosion(mask, structure=np.ones((3, 3)), iterations=4)
        if np.count_nonzero(inner) * PIXEL_MM**2 < 2000.0:
            continue
        islands, count = label(inner & (gaussian_filter(plane, 0.7) > -600.0))
        sizes = np.bincount(islands.ravel())[1:] * PIXEL_MM**2 if count else np.zeros(0)
        counts.append(int((sizes >= 4.0).sum()))
    return float(np.mean(counts)) if counts else float("nan")


@cache
def person(seed: int, sex: str | None = None) -> Spine:
    """A drawn person, the whole column."""
    return build_spine(random_person(seed, vertebrae=FIVE_LUMBAR_COLUMN, sex=sex))


def our_box(
    spine: Spine, level: str, half_mm: tuple[float, float, float] = (14.0, 45.0, 75.0), noise_seed: int = 0
) -> Box:
    """Planes about a vertebra's middle: half its height, before and behind the posterior wall, and to both sides."""
    x, y, z = location(spine, level)
    tall, front, side = half_mm
    shape = (round(2.0 * tall), round((front + 50.0) / PIXEL_MM), round(2.0 * side / PIXEL_MM))
    corner = (x - side, y - front, z - tall)
    hu, labels = voxels(spine, corner, shape)
    k, j, i = np.indices(shape)
    points = np.stack([corner[0] + PIXEL_MM * i, corner[1] + PIXEL_MM * j, corner[2] + k], axis=-1).reshape(-1, 3)
    canal = np.empty(points.shape)
    canal_coordinates(canal, points, spine.canal_arrays)
    u, v = np.abs(canal[:, 0]).reshape(shape), canal[:, 1].reshape(shape)
    bone = np.isin(labels, (Label.CORTICAL_BONE, Label.SPONGIOSA))
    row = spine.row.vertebrae[spine.row.names.index(Vertebra(level))]
    origin, _, back, head = spine.row.frames[spine.row.names.index(Vertebra(level)), 0]
    behind = ((points - origin) @ back).reshape(shape)
    rise = np.abs((points - origin) @ head).reshape(shape)
    own = bone & (rise < 0.5 * row["height"] + 1.0)
    muscle = np.isin(labels, (Label.MUSCLE, Label.LIGAMENT))
    return as_scanned(
        hu,
        (1.0, PIXEL_MM, PIXEL_MM),
        {
            "body": own & (behind < 0.0),
            "arch": own & (behind >= 0.0) & (behind < 14.0) & (u < 24.0),
            "marrow": own & (behind < -5.0) & (rise < 8.0),
            "erector": muscle & (u > 6.0) & (v > 18.0) & (u < 60.0),
            "psoas": muscle & (v < 2.0) & (v > -40.0) & (u < 70.0) & ~(labels == Label.LIGAMENT),
            "fat": (labels == Label.SUBCUTANEOUS_FAT) & (v > 10.0),
            "lung": binary_closing((labels == Label.ORGAN) & (hu < -500.0), np.ones((1, 11, 11))),
        },
        noise_seed,
    )


@cache
def real_vertebra() -> Box:
    """The labelled L3 whose body and arch are told apart."""
    folder = "l3_subregions_tptbox"
    ct = open_volume(real_data(folder, "ct.nii.gz"))
    vertebra = open_labels(real_data(folder, "labels_vertebra.nii.gz")).labels() == 22
    part = open_labels(real_data(folder, "labels_subregion.nii.gz")).labels()
    masks = {"body": vertebra & np.isin(part, _BODY_LABELS), "arch": vertebra & np.isin(part, _ARCH_LABELS)}
    z, y, x = (float(step) for step in ct.grid.spacing_mm[::-1])
    return as_scanned(ct.hounsfield().astype(float), (z, y, x), masks)


@cache
def real_box(name: str, level: str) -> Box:
    """Planes of a real set through one vertebra's body, with what its labels tell."""
    ct = real_ct(name)
    own = ct.labels == CT_VERTEBRAE[level]
    planes = np.flatnonzero(own.any(axis=(1, 2)))
    middle, reach = int(np.median(planes)), max(1, round(6.0 / ct.grid.spacing_mm[2]))
    part = slice(max(middle - reach, 0), middle + reach + 1)
    hu, labels = ct.hu[part].astype(float), ct.labels[part]
    own = own[part]
    columns = np.flatnonzero(own.any(axis=(0, 1)))
    low, high = max(columns[0] - 120, 0), columns[-1] + 120
    hu, labels, own = hu[..., low:high], labels[..., low:high], own[..., low:high]
    rows = np.argwhere(own)[:, 1]
    front = own & (np.arange(own.shape[1])[None, :, None] < rows.min() + 30.0 / ct.grid.spacing_mm[1])
    spacing = (ct.grid.spacing_mm[2], ct.grid.spacing_mm[1], ct.grid.spacing_mm[0])
    behind = np.arange(own.shape[1])[None, :, None] > rows.min()
    masks = {
        "body": front,
        "marrow": binary_erosion(front, np.ones((1, 3, 3)), max(1, round(3.0 / spacing[1]))),
        "erector": np.isin(labels, _ERECTOR_LABELS),
        "psoas": np.isin(labels, (88, 89)),
        "fat": (gaussian_filter(hu, (0.0, 1.0, 1.0)) < -70.0) & (hu > -150.0) & (labels == 0) & behind,
        "lung": np.isin(labels, _LUNG_LABELS),
    }
    return as_scanned(hu, spacing, masks)


def joint_width_mm(spine: Spine) -> float:
    """Shortest way from the ala's surface to the ilium, median over the joint at the height of S1's middle."""
    anatomy = SyntheticAnatomy.from_spine(spine)
    s = float(spine.row.vertebrae["s"][spine.row.names.index(Vertebra.S1)])
    widths = []
    step = 0.1
    u = np.arange(36.0, 66.0, step)
    for v in np.arange(-2.0, 16.0, 1.0):
        points = spine.canal.centreline.from_canal_coordinates(u, np.full_like(u, v), np.full_like(u, s))
        gaps = anatomy.bone_mm(points) > 0.0
        runs = [len(run) for run in np.split(gaps, np.flatnonzero(np.diff(gaps)) + 1) if run[0]]
        between = runs[1:-1] if gaps[0] else runs[: -1 if gaps[-1] else None]
        widths += [step * run for run in between if step * run < 8.0]
    return float(np.median(widths)) if widths else float("nan")


def rows(seeds: list[int]) -> list[tuple[str, str, str]]:
    """Every figure: its name, the synthetic people's, the real sets'."""
    people = [person(seed) for seed in seeds]
    lumbar = [our_box(spine, "L3") for spine in people]
    loins, chest = real_box("chest", "L2"), real_box("chest", "T10")

    def listed(values: list[float]) -> str:
        return f"{np.nanmean(values):.2f} ({np.nanmin(values):.2f} to {np.nanmax(values):.2f})"

    table = [
        ("step of marrow at the posterior wall, HU", listed([wall_step_hu(b) for b in lumbar]),
         f"{wall_step_hu(real_vertebra()):.0f} (L3)"),
        ("fat between L3 and psoas, mm", listed([psoas_gap_mm(b) for b in lumbar]),
         f"{psoas_gap_mm(real_box('lumbopelvic', 'L3')):.2f}, {psoas_gap_mm(loins):.2f} (L3, L2)"),
        ("sacroiliac joint, mm", listed([joint_width_mm(spine) for spine in people]), "published alone"),
        ("share of fat, erector spinae", listed([fat_share(b, "erector") for b in lumbar]),
         f"{fat_share(loins, 'erector'):.2f} (L2)"),
        ("share of fat, psoas", listed([fat_share(b, "psoas") for b in lumbar]),
         f"{fat_share(loins, 'psoas'):.2f} (L2)"),
    ]  # fmt: skip
    for name in ("erector", "marrow", "fat"):
        ours = [texture(b, name) for b in lumbar]
        real = texture(loins, name)
        table.append((f"SD, {name}, HU", listed([sd for sd, _ in ours]), f"{real[0]:.1f}"))
        table.append((f"correlation length, {name}, mm", listed([far for _, far in ours]), f"{real[1]:.1f}"))
    lungs = [vessels_in_slice(our_box(spine, "T10", (5.0, 140.0, 150.0))) for spine in people]
    table.append(("vessels in a slice of the lungs at T10", listed(lungs), f"{vessels_in_slice(chest):.1f}"))
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="*", default=[0, 3, 6])
    print("| figure | synthetic | real |\n|---|---|---|")
    for row in rows(parser.parse_args().seeds):
        print(f"| {' | '.join(row)} |")
