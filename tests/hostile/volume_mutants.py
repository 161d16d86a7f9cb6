"""Mutants of what holds a CT: NIfTI, NRRD, MetaImage, and one slice of a DICOM series; their headers above all."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import SimpleITK

from phantoms.from_ct.dicom import open_series
from phantoms.from_ct.files import read_ct
from phantoms.from_ct.image import CtImage
from tests.dicom_series import write_series
from tests.hostile.mutant_kind import Kind
from tests.hostile.test_ct_files import AFFINE, hounsfield
from tests.hostile.text_mutants import text_mutant

_WHOLE = (0, 1, -1, 2, 7, 127, 255, 16384, 32767, -32768)
_REAL = (0.0, -0.0, 1.0, -1.0, 1e-45, 1e-8, 1e8, 3e38, -3e38, float("nan"), float("inf"), 0.5, 1e4)
_PLANES = range(14)


def nifti(folder: Path) -> Kind:
    """A NIfTI file, its header's 352 bytes changed."""
    path = folder / "ct.nii"
    nib.save(nib.Nifti1Image(hounsfield(), AFFINE), path)
    content = path.read_bytes()

    def mutate(rng: np.random.Generator) -> bytes:
        return cut_or(content, rng, lambda: with_field(content, rng, 352))

    return Kind(name="NIfTI", content=content, mutate=mutate, judge=_one_file(path))


def by_itk(folder: Path, *, name: str, suffix: str) -> Kind:
    """A packed file of SimpleITK, its header's text changed."""
    path = folder / f"ct{suffix}"
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(hounsfield().transpose(2, 1, 0)))
    spacing = np.linalg.norm(AFFINE[:3, :3], axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((np.diag([-1.0, -1.0, 1.0]) @ AFFINE[:3, :3] / spacing).ravel().tolist())
    SimpleITK.WriteImage(image, str(path), True)
    content = path.read_bytes()
    end = content.index(b"\n\n") + 1 if suffix == ".nrrd" else content.index(b"LOCAL\n") + 6

    def mutate(rng: np.random.Generator) -> bytes:
        return cut_or(content, rng, lambda: text_mutant(content[:end], rng) + content[end:])

    return Kind(name=name, content=content, mutate=mutate, judge=_one_file(path))


def dicom(folder: Path, *, name: str, preamble: bool) -> Kind:
    """A series whose last slice is changed before its pixels; a slice that goes without a word is a wrong answer."""
    write_series(folder, planes=_PLANES)
    for path in folder.iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole if preamble else whole[144 + int.from_bytes(whole[140:144], "little") :])
    path = folder / f"IM{7 * _PLANES[-1]:04d}.dcm"
    content = path.read_bytes()
    before = read_ct(folder)
    header = content.index(b"\xe0\x7f\x10\x00")

    def mutate(rng: np.random.Generator) -> bytes:
        return cut_or(content, rng, lambda: with_field(content, rng, header))

    def judge(mutant: bytes) -> str:
        path.write_bytes(mutant)
        series = open_series(folder)
        said = any(path.name in remark for remark in series.remarks)
        if len(series.slices) < len(_PLANES) and not said:
            return "score"
        return _compared(read_ct(folder), before)

    return Kind(name=name, content=content, mutate=mutate, judge=judge)


def with_field(content: bytes, rng: np.random.Generator, header: int) -> bytes:
    """One number of the header another one, or some of its bytes changed."""
    data = bytearray(content)
    kind = int(rng.integers(4))
    if kind == 0:
        value = struct.pack("<h", _WHOLE[int(rng.integers(len(_WHOLE)))])
    elif kind == 1:
        value = struct.pack("<f", _REAL[int(rng.integers(len(_REAL)))])
    elif kind == 2:
        value = struct.pack("<i", int(rng.integers(-(2**31), 2**31)) >> int(rng.integers(31)))
    else:
        value = rng.bytes(int(rng.integers(1, 8)))
    at = int(rng.integers((header - len(value)) // 2)) * 2
    data[at : at + len(value)] = value
    return bytes(data)


def cut_or(content: bytes, rng: np.random.Generator, change: Callable[[], bytes]) -> bytes:
    """The file cut short, one time in ten; or changed."""
    if rng.integers(10) == 0:
        return content[: int(rng.integers(1, len(content)))]
    return change()


def _one_file(path: Path) -> Callable[[bytes], str]:
    before = read_ct(path)

    def judge(mutant: bytes) -> str:
        path.write_bytes(mutant)
        return _compared(read_ct(path), before)

    return judge


def _compared(image: CtImage, before: CtImage) -> str:
    same = image.grid == before.grid and np.array_equal(image.hu, before.hu)
    return "same" if same else "other"
