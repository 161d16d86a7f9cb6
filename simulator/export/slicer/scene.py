"""Scene: one MRML file that opens every volume and markup of its folder in 3D Slicer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from simulator.export.slicer.markups import Markup

SCENE_NAME = "scene.mrml"
SEGMENTATION_ENDING = ".seg.nrrd"


def write_scene(folder: Path, volumes: Sequence[str], label_maps: Sequence[str], markups: Sequence[Markup]) -> None:
    """Write the scene of a folder.

    Args:
        volumes, label_maps: names of files in it
        markups: each in a file of its own in it
    """
    root = ElementTree.Element("MRML", version="Slicer 5.6.0", userTags="")
    for name in volumes:
        _add(root, "VolumeArchetypeStorage", "Volume", "ScalarVolume", name)
    for name in label_maps:
        if name.endswith(SEGMENTATION_ENDING):
            _add(root, "SegmentationStorage", "Segmentation", "Segmentation", name)
        else:
            _add(root, "VolumeArchetypeStorage", "LabelMapVolume", "LabelMapVolume", name)
    for markup in markups:
        kind = f"Markups{markup.kind}"
        _add(root, "MarkupsJsonStorage", kind, kind, f"{markup.file_stem}.mrk.json", markup.name)
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=False)
    (folder / SCENE_NAME).write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', encoding="utf-8", newline="\n"
    )


def _add(
    root: ElementTree.Element, storage_kind: str, kind: str, node_class: str, file: str, name: str | None = None
) -> None:
    """Add a node and the storage node that reads its file."""
    number = len(root) // 2 + 1
    shown = name or file.partition(".")[0]
    storage, node = f"vtkMRML{storage_kind}Node{number}", f"vtkMRML{node_class}Node{number}"
    ElementTree.SubElement(root, storage_kind, {"id": storage, "name": f"storage of {shown}", "fileName": file})
    references = {"storageNodeRef": storage, "references": f"storage:{storage};"}
    ElementTree.SubElement(root, kind, {"id": node, "name": shown, **references})
