"""Frames of reference as types, every transform between them, polylines, and the names of arrays.

May import the vocabulary and numpy; `phantoms` and all of `simulator` may import it. Open `frames.py` first;
`slicer_points.py` turns what 3D Slicer saves.
"""
