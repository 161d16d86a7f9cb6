"""Images as they have come from the console: a scan's volume and the slices of one press.

May import `interface` and `drawing`. Open `volume.py` first.
"""
