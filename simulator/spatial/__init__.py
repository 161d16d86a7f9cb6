"""Frames of reference as types, and every transform between them: patient, table, image, canal.

May import the vocabulary and numpy; `phantoms` and all of `simulator` may import it. Open `frames.py` first.
"""
