"""Panels: what is drawn on a screen, each from what was perceived alone.

May import `scan_reading`, `input`, `images` and `drawing`. Open `fluoroscopy_tiles.py` first.
"""
