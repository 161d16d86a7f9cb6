"""Structures of the body as a report draws them."""

from __future__ import annotations

from enum import StrEnum


class Structure(StrEnum):
    """What is outlined or coloured in a figure; the values are classes of its style sheet."""

    SKIN = "skin"
    MUSCLE = "muscle"
    BONE = "bone"
    DISC = "disc"
    LIGAMENT = "ligament"
    FLAVUM = "flavum"
    EPIDURAL = "epidural"
    FORAMEN = "foramen"
    COLLECTION = "collection"
    DURA = "dura"
    NEURAL = "neural"
    VESSEL = "vessel"
    BLOOD = "blood"
