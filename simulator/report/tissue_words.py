"""Tissue words: what the tip lies in, as anatomy has it at that place.

The phantom paints some tissues by kind and not by place: fat beside a foramen is painted as the fat under the skin is,
and the gap that two halves of the flavum leave in the midline as the muscle behind it.
"""

from __future__ import annotations

from simulator.engine import events as e

DEEP_FAT_MM = 25.0  # from the dura: fat nearer than this lies below the back's muscles in every patient (assumption)
FLAVUM_MM = 4.0  # from the dura: nearer than this no muscle lies behind it (assumption: flavum and epidural space)
_FAT, _MUSCLE = "subcutaneous fat", "muscle"
FORAMINAL_FAT, DEEP_FAT, FLAVUM_GAP = "fat beside the foramen", "fat under the muscles", "the gap of the flavum"


def tissue_words(move: e.NeedleMoved) -> str:
    """The tissue at the tip after a push or a pull."""
    if move.layer == _FAT and move.dura_mm < DEEP_FAT_MM:
        return FORAMINAL_FAT if move.neural_mm < move.dura_mm else DEEP_FAT
    if move.layer == _MUSCLE and 0.0 <= move.dura_mm < FLAVUM_MM:
        return FLAVUM_GAP
    return move.layer
