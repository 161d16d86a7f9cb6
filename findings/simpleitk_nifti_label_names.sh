#!/usr/bin/env bash
# SimpleITK 2.5.7 (ITK's NIfTI): the names of segmented vertebrae do not survive being read and written again.
#
# TotalSegmentator writes which number is which vertebra into an extension of the NIfTI header (a label table as Caret and
# Connectome Workbench have it), since its numbers differ between versions and tasks.
# SimpleITK reads such a file without a word, offers the extension under none of the sixty keys of its metadata, and
# writes a file without it: any step of resampling, cropping or cleaning through ITK leaves numbers without names. nibabel
# keeps it where the header is handed on. Whoever takes the level of a vertebra from such a file must doubt it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check SimpleITK==2.5.7 nibabel==5.4.2 numpy==2.4.6 2>/dev/null
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import nibabel
import numpy as np
import SimpleITK as sitk

NAME = "vertebrae_L3"
TABLE = (
    '<?xml version="1.0" encoding="UTF-8"?><CaretExtension><VolumeInformation Index="0"><LabelTable>'
    f'<Label Key="29" Red="1" Green="0" Blue="0" Alpha="1"><![CDATA[{NAME}]]></Label>'
    "</LabelTable></VolumeInformation></CaretExtension>"
)
print("SimpleITK", version("SimpleITK"), " nibabel", version("nibabel"))


def names_in(path):
    found = nibabel.load(path).header.extensions
    return [NAME for one in found if NAME.encode() in one.get_content()]


labels = np.zeros((8, 8, 8), np.uint8)
labels[2:6, 2:6, 2:6] = 29
image = nibabel.Nifti1Image(labels, np.diag([1.5, 1.5, 1.5, 1.0]))
image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, TABLE.encode()))
nibabel.save(image, "segmented.nii.gz")
read = sitk.ReadImage("segmented.nii.gz")
held = [key for key in read.GetMetaDataKeys() if NAME in read.GetMetaData(key)]
sitk.WriteImage(read, "written.nii.gz")
again = nibabel.load("segmented.nii.gz")
nibabel.save(nibabel.Nifti1Image(np.asarray(again.dataobj), again.affine, again.header), "handed_on.nii.gz")
print("names before", names_in("segmented.nii.gz"))
print("names in SimpleITK's metadata, of", len(read.GetMetaDataKeys()), "keys", held)
print("names after SimpleITK", names_in("written.nii.gz"))
print("names after nibabel", names_in("handed_on.nii.gz"))
assert names_in("segmented.nii.gz") == [NAME] and names_in("handed_on.nii.gz") == [NAME]
assert np.array_equal(np.asarray(nibabel.load("written.nii.gz").dataobj), labels), "the numbers came through"
assert not held and not names_in("written.nii.gz"), "SimpleITK used to drop the names"
PYTHON
