"""Real CT as a patient: scanned again beside its source, resolution beside the phantoms', laminae beside sub-regions.

The source is the thoracolumbar CT of LIDC-IDRI (0.70 x 0.70 x 2.5 mm, 120 kV); sub-regions are TPTBox's sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import ndimage

import phantoms.from_ct.patient as ct_phantom
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct.body import frame_grid, prepare_body
from phantoms.from_ct.bone import build_bone
from phantoms.from_ct.bony_canal import CanalMeasure, measure_canal
from phantoms.from_ct.canal_walls import laminae
from phantoms.from_ct.files import phantom_from_ct, read_ct
from phantoms.from_ct.image import VERTEBRA_LABELS, CtFault, CtImage
from phantoms.from_ct.labels import vertebra_names
from phantoms.from_ct.nifti import open_nifti, read_labels
from phantoms.from_ct.resampling import axis_mm
from phantoms.from_ct.vertebral_bodies import sample
from phantoms.from_ct.voxels import grids
from phantoms.phantom import Label, Phantom, VoxelGrid
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.scenario.build import Case
from simulator.vocabulary.levels import Interspace
from tests.real_data import real_data

NONE = MyelogramParameters(volume_ml=0.0)
PLANES = (-10, 18)  # the few that are built: first, and how many
MAS = 223.0  # the source's tube load is not known: that of a diagnostic scan
ARCHES, EVERY = (41, 42, 45, 46, 47, 48), range(41, 51)


@dataclass(frozen=True)
class Pair:
    """Source and simulated slices on the source's voxels [slice, row, column], and what lies in each."""

    source: np.ndarray
    simulated: np.ndarray
    label: np.ndarray
    vertebra: np.ndarray  # as the source is labelled
    bone_mm: np.ndarray
    curved_mm: np.ndarray
    pixel_mm: float
    scanned: np.ndarray  # as the scanner gives it
    scanned_pixel_mm: float


@pytest.fixture(scope="module")
def lidc() -> CtImage:
    folder = "thoracolumbar_lidc_labelled"
    return read_ct(real_data(folder, "ct.nii.gz"), real_data(folder, "labels.nii.gz"))


@pytest.fixture(scope="module")
def pair(lidc: CtImage) -> Pair:
    """Five slices of the patient without contrast or leak, scanned at the source's voltage and slice thickness."""

    def few(whole: VoxelGrid, measure: CanalMeasure) -> tuple[VoxelGrid, ...]:
        return tuple(
            VoxelGrid(
                origin_mm=(*grid.origin_mm[:2], float(PLANES[0])),
                spacing_mm=grid.spacing_mm,
                shape=(PLANES[1], *grid.shape[1:]),
            )
            for grid in grids(whole, measure)
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ct_phantom, "grids", few)
        phantom = phantom_from_ct(lidc, name="lidc", about=Interspace.T12_L1, leak=None, myelogram=NONE, cache=False)
    names = vertebra_names(lidc, "T12/L1")
    return _scanned(lidc, phantom, frame_grid(lidc, (names["T12"], names["L1"])))


def _scanned(ct: CtImage, phantom: Phantom, source: VoxelGrid) -> Pair:
    assert ct.labels is not None
    planes = [k for k, z in enumerate(source.z_mm) if PLANES[0] + 3 < z < PLANES[0] + PLANES[1] - 4][:5]
    grid = phantom.body.grid
    step = source.spacing_mm[0]
    middle = [grid.origin_mm[k] + 0.5 * (grid.shape[2 - k] - 1) for k in (0, 1)]
    # pixels where the source has its own: reading between them would blur
    middle = [axis_mm(source, k)[0] + step * (round((q - axis_mm(source, k)[0]) / step) + 0.5)
              for k, q in enumerate(middle)]  # fmt: skip
    frame = Scanner(phantom).image(
        technique=Technique(
            tube_voltage_kv=120, tube_current_ma=MAS, rotation_s=1.0, slice_thickness_mm=source.spacing_mm[2]
        ),
        slice_centres_mm=[float(source.z_mm[k]) for k in planes],
        noise_key=3,
        centre_mm=(middle[0], middle[1]),
        field_of_view_mm=512.0 * step,
    )
    x, y = (axis_mm(source, k) for k in (0, 1))
    assert frame.pixel_spacing_mm == pytest.approx(step)
    rows, columns = np.meshgrid(frame.pixel_of(0.0, y)[0], frame.pixel_of(x, 0.0)[1], indexing="ij")
    assert np.abs(rows - np.rint(rows)).max() < 0.01 > np.abs(columns - np.rint(columns)).max()
    simulated, label, bone, curved = [], [], [], []
    near_x, near_y = (np.clip(np.rint(q - grid.origin_mm[k]).astype(int), 0, grid.shape[2 - k] - 1)
                      for k, q in enumerate((x, y)))  # fmt: skip
    for slice_index, k in enumerate(planes):
        simulated.append(ndimage.map_coordinates(frame.hu[slice_index], [rows, columns], order=1, mode="nearest"))
        z = float(source.z_mm[k])
        label.append(phantom.body.label[round(z - grid.origin_mm[2])][np.ix_(near_y, near_x)])
        points = np.stack(np.broadcast_arrays(x[None, :], y[:, None], z), axis=-1).reshape(-1, 3)
        bone.append(phantom.anatomy.bone_mm(points).reshape(rows.shape))
        curved.append(phantom.anatomy.to_canal_coordinates(points).reshape(*rows.shape, 3))
    return Pair(
        source=ct.hu[planes].astype(np.float64),
        simulated=np.array(simulated, dtype=np.float64),
        label=np.array(label),
        vertebra=np.isin(ct.labels[planes], list(VERTEBRA_LABELS)),
        bone_mm=np.array(bone),
        curved_mm=np.array(curved),
        pixel_mm=source.spacing_mm[0],
        scanned=frame.hu.astype(np.float64),
        scanned_pixel_mm=frame.pixel_spacing_mm,
    )


def _tissue(pair: Pair, name: str) -> np.ndarray:
    """Voxels of a tissue, 3 mm from any other."""
    if name == "trabecular bone":  # of the bodies, 4 mm below the bone's surface; a bright aorta is none
        body = pair.vertebra & (pair.curved_mm[..., 1] < -2.0) & (np.abs(pair.curved_mm[..., 0]) < 30.0)
        return (pair.bone_mm < -4.0) & body
    labels = {"muscle": [Label.MUSCLE], "fat": [Label.SUBCUTANEOUS_FAT, Label.VISCERAL_FAT]}[name]
    inside = np.isin(pair.label, labels)
    return np.array([ndimage.binary_erosion(plane, iterations=round(3.0 / pair.pixel_mm)) for plane in inside])


def _regional(pair: Pair, inside: np.ndarray) -> np.ndarray:
    """Mean difference over what lies within 5 x 5 mm about each voxel of a tissue."""
    size = round(5.0 / pair.pixel_mm)
    found = []
    for difference, mask in zip(pair.simulated - pair.source, inside, strict=True):
        share = ndimage.uniform_filter(mask.astype(float), size)
        found.append((ndimage.uniform_filter(np.where(mask, difference, 0.0), size) / np.maximum(share, 1e-9))[mask])
    return np.concatenate(found)


@pytest.mark.parametrize("name", ["muscle", "fat", "trabecular bone"])
def test_hu_of_a_scan_are_those_of_the_source(pair: Pair, figure, name: str) -> None:
    inside = _tissue(pair, name)
    assert inside.sum() > 2000
    voxels = np.abs(pair.simulated - pair.source)[inside].mean()
    regions = np.abs(_regional(pair, inside)).mean()
    bias = (pair.simulated - pair.source)[inside].mean()
    figure(
        f"{name}: mean absolute difference from the source, voxel by voxel, {MAS:.0f} mAs",
        voxels,
        unit="HU",
        asked="<= 15",
        kind="independent",
    )
    figure(f"{name}: mean absolute difference over 5 mm", regions, unit="HU", asked="<= 15", kind="independent")
    figure(f"{name}: mean difference", bias, unit="HU", asked="within 8", kind="independent")
    assert regions <= 15.0
    assert abs(bias) <= 8.0
    assert voxels <= 15.0


def test_bone_edges_lie_where_the_source_has_them(pair: Pair, figure) -> None:
    level = 200.0
    near = (np.abs(pair.curved_mm[..., 0]) < 40.0) & (np.abs(pair.curved_mm[..., 1] - 10.0) < 50.0)
    derived = (np.abs(pair.curved_mm[..., 1] - 11.0) < 14.0) & (np.abs(pair.curved_mm[..., 0]) < 14.0)
    moved, lost, count = [], 0, 0
    t = np.arange(-4.0, 4.01, 0.1)
    for source, simulated, where in zip(pair.source, pair.simulated, near & ~derived, strict=True):
        down, across = np.gradient(ndimage.gaussian_filter(source, 0.7))
        steep = np.hypot(down, across)
        bright = source > level
        rows, columns = np.nonzero(bright & ~ndimage.binary_erosion(bright) & where & (steep > 80.0))
        normal = -np.stack([down[rows, columns], across[rows, columns]]) / steep[rows, columns]
        places = (np.stack([rows, columns])[:, :, None] + normal[:, :, None] * t).reshape(2, -1)
        first, second = (_crossing(image, places, len(rows), t, level) for image in (source, simulated))
        known = np.isfinite(first)
        count += int(known.sum())
        lost += int((known & ~np.isfinite(second)).sum())
        moved.append((second - first)[known & np.isfinite(second)])
    apart = np.abs(np.concatenate(moved))
    within = (apart <= 1.0).sum() / count
    figure(
        "bone edges, 200 HU across the edge: mean displacement",
        apart.mean(),
        unit="voxels of 0.70 mm",
        asked="<= 0.5",
        kind="independent",
    )
    figure(
        "bone edges: part within 1 voxel of the source's", 100.0 * within, unit="%", asked=">= 95", kind="independent"
    )
    assert count > 1000
    assert apart.mean() <= 0.5
    assert within >= 0.95


def _crossing(image: np.ndarray, places: np.ndarray, count: int, t: np.ndarray, level: float) -> np.ndarray:
    """Where each profile falls through a level, nearest to its middle, voxels; nan where it does not."""
    profile = ndimage.map_coordinates(image, places, order=1).reshape(count, -1)
    falls = (profile[:, :-1] >= level) & (profile[:, 1:] < level)
    distance = np.where(falls, np.abs(t[:-1]), np.inf)
    return np.where(falls.any(axis=1), t[distance.argmin(axis=1)], np.nan)


def skin_edge_mm(slices: np.ndarray, pixel_mm: float) -> float:
    """Width of the step from skin to air between 10 and 90 %, the median over the body's outline."""
    t = np.arange(-6.0, 6.01, 0.1)
    widths = []
    for image in slices:
        body = ndimage.binary_fill_holes(ndimage.binary_opening(image > -400.0, iterations=2))
        parts, _ = ndimage.label(body)
        body = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
        down, across = np.gradient(ndimage.gaussian_filter(image, 2.0 / pixel_mm))
        steep = np.hypot(down, across)
        edge = body & ~ndimage.binary_erosion(body)
        edge[:15], edge[-15:], edge[:, :15], edge[:, -15:] = False, False, False, False
        rows, columns = (q[::3] for q in np.nonzero(edge))
        normal = -np.stack([down[rows, columns], across[rows, columns]]) / steep[rows, columns]
        places = (np.stack([rows, columns])[:, :, None] + normal[:, :, None] * t / pixel_mm).reshape(2, -1)
        for profile in ndimage.map_coordinates(image, places, order=1).reshape(len(rows), -1):
            inner, outer = profile[:25], profile[-25:]
            if inner.mean() < -180.0 or outer.mean() > -950.0 or inner.std() > 60.0 or outer.std() > 40.0:
                continue  # a fold, a line, a blanket
            step = (profile - outer.mean()) / (inner.mean() - outer.mean())
            ends = [np.flatnonzero((step[:-1] >= level) & (step[1:] < level)) for level in (0.1, 0.9)]
            if all(len(end) for end in ends):
                widths.append(t[ends[0][0]] - t[ends[1][0]])
    assert len(widths) > 50
    return float(np.median(widths))


REAL = {
    "LIDC-IDRI": ("thoracolumbar_lidc_labelled", "ct.nii.gz"),
    "TCGA-OV": ("lumbar_tcga_ov", "ct.nii.gz"),
    "DICOM, Br38f": ("dicom_thoracolumbar_labelled", "dicom"),
    "3 mm": ("lumbopelvic_3mm_labelled", "ct.nii.gz"),
}


def test_resolution_of_real_ct_and_phantoms_side_by_side(pair: Pair, patient_2: Case, figure) -> None:
    width = {}
    for name, parts in REAL.items():
        ct = read_ct(real_data(*parts))
        middle = ct.hu.shape[0] // 2
        planes = ct.hu[middle - 6 : middle + 7 : 2].astype(np.float64)
        width[name] = skin_edge_mm(planes, ct.grid.spacing_mm[0])
        what = f"skin to air, 10-90 %, real CT: {name}, pixels of {ct.grid.spacing_mm[0]:.2f} mm"
        figure(
            what,
            width[name],
            unit="mm",
            asked="what the phantom is held against; a guard",
            within=(0.5, 4.0),
            kind="assumed",
        )
    width["again"] = skin_edge_mm(pair.scanned, pair.scanned_pixel_mm)
    figure(
        "skin to air, 10-90 %, LIDC-IDRI imported and scanned here",
        width["again"],
        unit="mm",
        asked="<= 2.5",
        kind="independent",
    )
    phantom = patient_2.world.phantom
    centre = patient_2.world.image_centre_mm
    field = 420.0
    scan = Scanner(phantom).image(
        technique=Technique(tube_voltage_kv=120, tube_current_ma=MAS, rotation_s=1.0, slice_thickness_mm=2.5),
        slice_centres_mm=[0.0, 2.5, 5.0],
        noise_key=3,
        centre_mm=(centre[0], centre[1] - 0.5 * (field - 250.0)),
        field_of_view_mm=field,
    )
    width["phantom"] = skin_edge_mm(scan.hu.astype(np.float64), scan.pixel_spacing_mm)
    figure(f"skin to air, 10-90 %, patient 2 scanned here, pixels of {scan.pixel_spacing_mm:.2f} mm", width["phantom"],
           unit="mm", asked="between the sharpest and the bluntest real CT, or sharper by a third",
           kind="independent")  # fmt: skip
    real = [width[name] for name in REAL]
    assert width["again"] <= 2.5
    assert 0.67 * min(real) <= width["phantom"] <= max(real)


@pytest.fixture(scope="module")
def cut_out() -> CtImage:
    folder = "l3_subregions_tptbox"
    return read_ct(real_data(folder, "ct.nii.gz"), real_data(folder, "labels_vertebra.nii.gz"))


def test_a_cut_out_without_skin_is_not_treatable(cut_out: CtImage) -> None:
    with pytest.raises(CtFault, match="without its skin this patient cannot be treated"):
        phantom_from_ct(cut_out, name="l3", leak=None, myelogram=NONE)


def _in_muscle(ct: CtImage) -> tuple[CtImage, int]:
    """The cut-out in a block of muscle in air, and by how many voxels its sides moved."""
    thick, air = 30, 12
    hu = np.pad(ct.hu, ((0, 0), (thick, thick), (thick, thick)), constant_values=40)
    hu = np.pad(hu, ((0, 0), (air, air), (air, air)), constant_values=-1000)
    by = thick + air
    x, y, z = ct.grid.origin_mm
    step = ct.grid.spacing_mm[0]
    grid = VoxelGrid(origin_mm=(x - by * step, y - by * step, z), spacing_mm=ct.grid.spacing_mm, shape=hu.shape)
    assert ct.labels is not None
    return CtImage(what=ct.what, hu=hu, grid=grid, labels=np.pad(ct.labels, ((0, 0), (by, by), (by, by)))), by


def test_laminae_and_windows_are_those_of_the_sub_regions(cut_out: CtImage, figure) -> None:
    regions = read_labels(open_nifti(real_data("l3_subregions_tptbox", "labels_subregion.nii.gz")))
    block, by = _in_muscle(cut_out)
    names = vertebra_names(block, "L3/4")
    bone = build_bone(prepare_body(block, names, ("L3", "L4")), names)
    measure = measure_canal(bone, tuple(names), ("L3", "L4"), block.what)
    grid = frame_grid(block, (names["L3"], names["L4"]))
    step = grid.spacing_mm[0]

    index = np.argwhere(regions > 0)
    points = np.asarray(grid.origin_mm) + (index + np.array([0, by, by]))[:, ::-1] * step
    ours, kind = sample(bone.near, points) < 0.0, regions[tuple(index.T)]
    for what, numbers in (("arches and processes", ARCHES), ("all sub-regions", EVERY)):
        share = 100.0 * ours[np.isin(kind, numbers)].mean()
        figure(f"bone found in {what} of L2 to L4", share, unit="%", asked=">= 95", kind="independent")
        assert share >= 95.0

    s, lamina, true = _first_bone(measure, grid, np.isin(regions, ARCHES), by)
    line = ndimage.gaussian_filter1d(ndimage.grey_opening(true, 25, mode="nearest"), 2.0)
    open_true, ours_open = true > line + 2.0, np.interp(s, measure.s_mm, laminae(measure)[2].astype(float)) > 0.5
    covered = ~open_true & ~ours_open
    apart = np.abs(lamina - true)[covered]
    overlap = 2.0 * (open_true & ours_open).sum() / (open_true.sum() + ours_open.sum())
    figure(
        "front of the laminae on the midline against the sub-regions'",
        apart.mean(),
        unit="mm",
        asked="<= 1.5, a voxel",
        kind="independent",
    )
    figure(
        "interlaminar windows L2/3 and L3/4 along the canal, overlap (Dice)",
        overlap,
        asked=">= 0.75",
        kind="independent",
    )
    assert covered.sum() > 25
    assert apart.mean() <= 1.5
    assert overlap >= 0.75


def _first_bone(
    measure: CanalMeasure, grid: VoxelGrid, arches: np.ndarray, by: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heights along the canal, and how far behind its front the first arch lies there: ours, the sub-regions'."""
    v = np.arange(8.0, 45.0, 0.5)
    inside = np.array(arches.shape[::-1])
    rows = []
    for s in np.arange(measure.s_mm[0], measure.s_mm[-1], 1.0):
        points = measure.centreline.from_canal_coordinates(np.zeros_like(v), v, s)
        index = np.rint((points - np.asarray(grid.origin_mm)) / grid.spacing_mm).astype(int) - [by, by, 0]
        shown = ((index > 0) & (index < inside - 1)).all(axis=1)
        if shown[:20].all():
            index = np.clip(index, 1, inside - 2)
            hit = shown & np.any([arches[index[:, 2], index[:, 1], index[:, 0] + k] for k in (-1, 0, 1)], axis=0)
            rows.append((s, v[hit.argmax()] if hit.any() else v[-1]))
    s, true = np.array(rows).T
    return s, np.interp(s, measure.s_mm, laminae(measure)[0]), true
