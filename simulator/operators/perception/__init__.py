"""Perception: what the pixels of a console show, found by programs that know nothing else.

May import `simulator.interface`, `spatial` and `vocabulary`, numpy and scipy. Open `images.py` first for the types; the
other files are named after what they find.
"""
