"""What comes before the needle and after the patch: time-out, technique, marks, tray, aftercare, end.

May import the other rooms of the engine. Open `handlers.py` first.
"""
