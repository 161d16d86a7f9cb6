#!/usr/bin/env bash
# SimpleITK 2.5.7: where does a point of a CT lie that was made with a tilted gantry?
#
# CT-guided needles go in under a tilted gantry where a lamina is in the way. The slices of such a series lean, and the
# next one lies along the table, not along the slice's normal. Its ImageSeriesReader reads position and orientation of
# the first slice and stacks the others along the normal, so that the volume is sheared: with 20 degrees a point 50 mm
# farther along the table is put 17 mm too far to the back. There is no message, and spacing and first slice are right.
# With ForceOrthogonalDirectionOff, which is not the default, the third axis follows the table and every point is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.6 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON' 2> messages
import math
from pathlib import Path

import numpy as np
import SimpleITK
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SLICES, STEP_MM, SIDE, BEHIND_MM = 11, 5.0, 64, 20
tilt = math.radians(20.0)
across, down = np.array([1.0, 0.0, 0.0]), np.array([0.0, math.cos(tilt), -math.sin(tilt)])
true_mm = []
Path("series").mkdir()
for number in range(SLICES):
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID = CTImageStorage
    uid = generate_uid(entropy_srcs=["slice", str(number)])
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID = uid
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = (
        generate_uid(entropy_srcs=[name]) for name in ("study", "series", "frame of reference")
    )
    image.Modality, image.PatientName, image.PatientID, image.PatientPosition = "CT", "Example^Example", "1", "HFS"
    image.ImageType, image.InstanceNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], number + 1
    image.GantryDetectorTilt, image.SliceThickness = "20", "5"
    # the table moves, the gantry stays: the middle of every slice lies on the table's axis
    corner = np.array([0.0, 0.0, STEP_MM * number]) - 0.5 * SIDE * across - 0.5 * SIDE * down
    image.ImagePositionPatient = [f"{value:.4f}" for value in corner]
    image.ImageOrientationPatient = [f"{value:.6f}" for value in (*across, *down)]
    image.PixelSpacing, image.Rows, image.Columns = ["1", "1"], SIDE, SIDE
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 1
    image.RescaleIntercept, image.RescaleSlope = "0", "1"
    pixels = np.zeros((SIDE, SIDE), "<i2")
    pixels[SIDE // 2 + BEHIND_MM, SIDE // 2] = 1000  # one bright point a slice
    true_mm.append(corner + (SIDE // 2) * across + (SIDE // 2 + BEHIND_MM) * down)
    image.PixelData = pixels.tobytes()
    image.save_as(f"series/{number:02}.dcm", enforce_file_format=True)


def places(orthogonal: bool) -> np.ndarray:
    """Where the bright point of each slice lies by the volume that is read, mm."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames("series"))
    assert reader.GetForceOrthogonalDirection(), "orthogonal was the default"
    reader.SetForceOrthogonalDirection(orthogonal)
    volume = reader.Execute()
    bright = np.argwhere(SimpleITK.GetArrayFromImage(volume) > 500)
    assert len(bright) == SLICES
    return np.array([volume.TransformIndexToPhysicalPoint([int(q) for q in index[::-1]]) for index in bright])


print("SimpleITK", SimpleITK.Version.VersionString())
off = {orthogonal: np.linalg.norm(places(orthogonal) - true_mm, axis=1) for orthogonal in (True, False)}
for orthogonal, distances in off.items():
    name = "as by default" if orthogonal else "ForceOrthogonalDirectionOff"
    print(f"{name}: off by {', '.join(f'{q:.1f}' for q in distances)} mm in slices 1 to {SLICES}")
assert off[True][0] < 0.01, "the first slice was right"
assert 17.0 < off[True][-1] < 17.5, "the last was off by 17 mm"
assert off[False].max() < 0.01, "with ForceOrthogonalDirectionOff all were right"
PYTHON
echo "messages: $(wc -c < messages) bytes"
test ! -s messages || { echo "there was a message now:"; cat messages; exit 1; }
