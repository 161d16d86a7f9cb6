"""Names that a segmenter wrote into the file of its labels: they say more than numbers do."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from phantoms.from_ct.numberings import meaning_of

_MOST_BYTES = 1_000_000
_UNSAFE = (b"<!DOCTYPE", b"<!ENTITY")  # a table has neither; with them a short text can grow without end


def names_in_extensions(extensions: Any) -> dict[int, str]:
    """Names by number out of the label table in a NIfTI header extension, as TotalSegmentator writes it.

    Args:
        extensions: of a nibabel header

    Returns:
        what the table calls vertebrae, sacrum, cord and ribs (`numberings.meaning_of`), and "" for other structures;
        empty where there is no table that can be read
    """
    names: dict[int, str] = {}
    for extension in extensions:
        try:
            content = extension.get_content()
        except Exception:  # nibabel parses some kinds on being asked, and what it raises depends on the kind
            continue
        if isinstance(content, str):
            content = content.encode("utf-8", "replace")
        if isinstance(content, bytes) and b"<LabelTable" in content and len(content) <= _MOST_BYTES:
            names |= _labels(content.strip(b"\0 \r\n\t"))
    return names


def _labels(content: bytes) -> dict[int, str]:
    if any(word in content.upper() for word in _UNSAFE):
        return {}
    try:
        root = ElementTree.fromstring(content)
        return {
            int(label.get("Key", "-1")): meaning_of(label.text or "") or ""
            for label in root.iter("Label")
            if 0 < int(label.get("Key", "-1")) < 256
        }
    except (ElementTree.ParseError, ValueError):
        return {}
