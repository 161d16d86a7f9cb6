#!/usr/bin/env bash
# VTK 9.7.2: a volume of a tilted gantry leans the other way when it is read from a MetaImage, and not at all from NRRD.
#
# ITK, SimpleITK and 3D Slicer write the directions of a volume's axes into MetaImage files (TransformMatrix, one axis
# after the other) and NRRD files (space directions). vtkMetaImageReader takes the nine numbers as rows where they are
# columns: it turns by the inverse. What leans 20 degrees to the head leans 20 degrees to the feet, 14 mm off after 21 mm
# of slices. vtkMetaImageWriter makes the same mistake the other way round, so that a file which VTK has read and written
# is right again, and a test of there and back finds nothing. vtkNrrdReader keeps origin and spacing and drops the
# directions. Neither sets an error code nor prints a warning; upright volumes are read alike by all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vtk==9.7.2 SimpleITK==2.5.7 numpy==2.4.6 2>/dev/null
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math
from importlib.metadata import version

import numpy as np
import SimpleITK as sitk
import vtk

print("VTK", version("vtk"), " SimpleITK", version("SimpleITK"))
FAR = 0, 0, 7  # the middle of the eighth slice's first pixel


def by_vtk(reader, path):
    reader.SetFileName(path)
    reader.Update()
    assert reader.GetErrorCode() == 0
    volume, place = reader.GetOutput(), [0.0, 0.0, 0.0]
    volume.TransformIndexToPhysicalPoint(*FAR, place)
    return volume, np.array(place)


off_mm = {}
for degrees in (0.0, 20.0):
    lean = math.radians(degrees)
    image = sitk.GetImageFromArray(np.zeros((8, 64, 64), np.int16))
    image.SetSpacing((0.5, 0.5, 3.0))
    image.SetOrigin((1.0, 2.0, 3.0))
    image.SetDirection((1, 0, 0, 0, math.cos(lean), -math.sin(lean), 0, math.sin(lean), math.cos(lean)))
    truth = np.array(image.TransformIndexToPhysicalPoint(FAR))
    inverse = np.array(image.GetOrigin()) + 21.0 * np.array([0.0, math.sin(lean), math.cos(lean)])
    for suffix, reader in ((".mha", vtk.vtkMetaImageReader()), (".nrrd", vtk.vtkNrrdReader())):
        sitk.WriteImage(image, "volume" + suffix)
        assert np.allclose(sitk.ReadImage("volume" + suffix).TransformIndexToPhysicalPoint(FAR), truth)
        volume, place = by_vtk(reader, "volume" + suffix)
        off_mm[suffix, degrees] = float(np.linalg.norm(place - truth))
        print(f"{degrees:4.0f} degrees {suffix:5}: ITK {truth.round(2)}, VTK {place.round(2)}, {off_mm[suffix, degrees]:.1f} mm off")
        if suffix == ".mha":
            assert np.allclose(place, inverse), "VTK used to turn by the inverse"
            writer = vtk.vtkMetaImageWriter()
            writer.SetInputData(volume)
            writer.SetFileName("again.mha")
            writer.Write()
            again = sitk.ReadImage("again.mha")
            assert np.allclose(again.GetDirection(), image.GetDirection()), "there and back used to look right"
assert off_mm[".mha", 0.0] == off_mm[".nrrd", 0.0] == 0.0
assert 14.0 < off_mm[".mha", 20.0] < 15.0 and 7.0 < off_mm[".nrrd", 20.0] < 8.0
PYTHON
