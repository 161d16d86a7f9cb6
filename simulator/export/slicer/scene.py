"""Scene: one MRML file that opens every volume and markup of its folder in 3D Slicer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from simulator.export.slicer.markups import Markup

SCENE_NAME = "scene.mrml"
_KINDS = {"Fiducial": "MarkupsFiducial", "Line": "MarkupsLine", "Curve": "MarkupsCurve"}


def write_scene(folder: Path, volumes: Sequence[str], label_maps: Sequence[str], markups: Sequence[Markup]) -> None:
    """Write the scene of a folder.

    Args:
        volumes, label_maps: names of files in it
        markups: each in a file of its own in it
    """
    root = ElementTree.Element("MRML", version="Slicer 5.6.0", userTags="")
    for number, name in enumerate((*volumes, *label_maps), start=1):
        storage = f"vtkMRMLVolumeArchetypeStorageNode{number}"
        _add(root, "VolumeArchetypeStorage", storage, f"storage of {name}", fileName=name)
        kind = "LabelMapVolume" if name in label_maps else "Volume"
        node = "vtkMRMLLabelMapVolumeNode" if name in label_maps else "vtkMRMLScalarVolumeNode"
        shown = name.partition(".")[0]
        _add(root, kind, f"{node}{number}", shown, storageNodeRef=storage, references=f"storage:{storage};")
    for number, markup in enumerate(markups, start=1):
        storage = f"vtkMRMLMarkupsJsonStorageNode{number}"
        _add(root, "MarkupsJsonStorage", storage, f"storage of {markup.name}", fileName=f"{markup.file_stem}.mrk.json")
        kind = _KINDS[markup.kind]
        node = f"vtkMRML{kind}Node{number}"
        _add(root, kind, node, markup.name, storageNodeRef=storage, references=f"storage:{storage};")
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=False)
    (folder / SCENE_NAME).write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8", newline="\n"
    )


def _add(root: ElementTree.Element, kind: str, identity: str, name: str, **values: str) -> None:
    ElementTree.SubElement(root, kind, {"id": identity, "name": name, **values})
