"""Readers: voxels and places of an exported series as the libraries and converters of others have them."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel
import nrrd
import numpy as np
import pydicom
import SimpleITK
from numpy.typing import NDArray

from tests.export.tools import dcm2niix_programs, run

Place = NDArray[np.float64]
Volume = tuple[NDArray[np.float64], Callable[[Place], Place]]
"""Voxels [slice from the first, row, column], and from (column, row, slice) to LPS."""


def dicom_volumes(folder: Path) -> Iterator[tuple[str, Volume]]:
    """A folder with one DICOM series, by pydicom, SimpleITK, ITK where it is installed, and every dcm2niix."""
    yield "pydicom", by_pydicom(folder)
    yield "SimpleITK, DICOM", by_simpleitk(folder)
    if importlib.util.find_spec("itk") is not None:
        yield "itk", by_itk(folder)
    for program in dcm2niix_programs():
        with tempfile.TemporaryDirectory() as out:
            run(program, "-f", "volume", "-o", out, folder, check=True)
            (converted,) = Path(out).glob("*.nii")
            yield f"nibabel after {program}", by_nibabel(converted, flipped=True)


def file_volumes(nrrd_path: Path, nifti_path: Path) -> Iterator[tuple[str, Volume]]:
    """The same series as NRRD, by SimpleITK and pynrrd, and as NIfTI, by SimpleITK and nibabel."""
    yield "SimpleITK, NRRD", _of_simpleitk(SimpleITK.ReadImage(str(nrrd_path)))
    yield "pynrrd", by_pynrrd(nrrd_path)
    yield "SimpleITK, NIfTI", _of_simpleitk(SimpleITK.ReadImage(str(nifti_path)))
    yield "nibabel", by_nibabel(nifti_path)


def by_pydicom(folder: Path) -> Volume:
    """Slices in the order of their numbers, placed by their own elements."""
    read = sorted((pydicom.dcmread(path) for path in folder.iterdir()), key=lambda one: int(one.InstanceNumber))
    row_mm, column_mm = map(float, read[0].PixelSpacing)
    along, down = np.array(read[0].ImageOrientationPatient, float).reshape(2, 3)
    first = np.array([one.ImagePositionPatient for one in read], float)
    voxels = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in read])
    return voxels, lambda at: first[int(at[2])] + along * column_mm * at[0] + down * row_mm * at[1]


def by_simpleitk(folder: Path) -> Volume:
    """As SimpleITK's own reader of series puts it together."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return _of_simpleitk(reader.Execute())


def by_itk(folder: Path) -> Volume:
    """As `itk.imread` puts a folder together."""
    import itk

    image = itk.imread(str(folder))
    step = itk.array_from_matrix(image.GetDirection()) * np.array(image.GetSpacing())
    first = np.array(image.GetOrigin())
    return np.asarray(itk.array_from_image(image), np.float64), lambda at: first + step @ at


def by_pynrrd(path: Path) -> Volume:
    """pynrrd has the fastest axis first."""
    voxels, header = nrrd.read(str(path))
    return voxels.T.astype(np.float64), lambda at: header["space origin"] + header["space directions"].T @ at


def by_nibabel(path: Path, *, flipped: bool = False) -> Volume:
    """dcm2niix turns the rows over, and says so in the affine."""
    volume = nibabel.load(path)
    voxels = np.asarray(volume.dataobj, np.float64).T
    if flipped:
        voxels = voxels[:, ::-1]

    def to_lps(at: Place) -> Place:
        row = voxels.shape[1] - 1 - at[1] if flipped else at[1]
        ras = volume.affine @ [at[0], row, at[2], 1.0]
        return np.array([-ras[0], -ras[1], ras[2]])

    return voxels, to_lps


def _of_simpleitk(image: SimpleITK.Image) -> Volume:
    voxels = SimpleITK.GetArrayFromImage(image).astype(np.float64)
    return voxels, lambda at: np.array(image.TransformContinuousIndexToPhysicalPoint(at.tolist()))
