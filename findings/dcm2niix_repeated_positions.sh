#!/usr/bin/env bash
# dcm2niix 1.0.20260724: what becomes of CT fluoroscopy, where the table stands still and the same three places are
# imaged at every press?
#
# Four presses of three slices in one series. InstanceNumber restarts at each press, which DICOM allows: it need not be
# unique, unlike SOPInstanceUID, and every image has its own AcquisitionNumber and AcquisitionTime. dcm2niix makes one file
# of four volumes in which slices of different presses stand side by side. It warns that the times suggest another order,
# and ends with status 0. The same images as a series a press come out right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    dcm2niix==1.0.20260724 pydicom==3.0.2 nibabel==5.4.2 numpy==2.4.6 2>/dev/null
cd "$folder"
cat > make.py <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

arrangement = sys.argv[1]
Path(arrangement).mkdir()
for press in range(1, 5):
    for place, z_mm in enumerate((96, 100, 104), start=1):
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID = CTImageStorage
        uid = generate_uid(entropy_srcs=[arrangement, str(press), str(place)])
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID = uid
        image.StudyInstanceUID = generate_uid(entropy_srcs=["study"])
        image.FrameOfReferenceUID = generate_uid(entropy_srcs=["frame of reference"])
        series = press if arrangement == "series-a-press" else 1
        image.SeriesInstanceUID = generate_uid(entropy_srcs=[arrangement, "series", str(series)])
        image.SeriesNumber, image.AcquisitionNumber, image.InstanceNumber = series, press, place
        image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = "20000101"
        image.StudyTime, image.SeriesTime = "090000", "090000"
        image.AcquisitionTime = image.ContentTime = f"0900{10 * press:02}"
        image.Modality, image.Manufacturer, image.StudyID = "CT", "Example", "1"
        image.PatientName, image.PatientID, image.PatientPosition = "Example^Example", "1", "HFS"
        image.ImageType, image.KVP, image.SliceThickness = ["ORIGINAL", "PRIMARY", "AXIAL"], "120", "4"
        image.ImagePositionPatient = ["-32", "-32", str(z_mm)]
        image.ImageOrientationPatient, image.PixelSpacing = ["1", "0", "0", "0", "1", "0"], ["1", "1"]
        image.Rows = image.Columns = 64
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation = 15, 1
        image.RescaleIntercept, image.RescaleSlope = "0", "1"
        image.PixelData = np.full((64, 64), 100 * press + place, "<i2").tobytes()  # 203: press 2, third place
        image.save_as(f"{arrangement}/{press}-{place}.dcm", enforce_file_format=True)
PYTHON
for arrangement in one-series series-a-press; do
    venv/bin/python make.py "$arrangement"
    mkdir "out-$arrangement"
    venv/bin/dcm2niix -f %s -o "out-$arrangement" "$arrangement" && echo "status $?"
done
venv/bin/python - <<'PYTHON'
from pathlib import Path

import nibabel


def volumes(folder):
    """For each volume, the presses from which its slices come."""
    found = []
    for path in sorted(Path(folder).glob("*.nii")):
        voxels = nibabel.load(path).get_fdata()
        voxels = voxels.reshape(*voxels.shape[:3], -1)
        found += [[int(voxels[3, 3, place, number]) // 100 for place in range(3)] for number in range(voxels.shape[3])]
    return found


together, apart = volumes("out-one-series"), volumes("out-series-a-press")
print("presses in each volume, one series:      ", together)
print("presses in each volume, a series a press:", apart)
assert any(len(set(presses)) > 1 for presses in together), "volumes mixed the presses"
assert sorted(map(tuple, apart)) == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)], "a series a press came out right"
PYTHON
