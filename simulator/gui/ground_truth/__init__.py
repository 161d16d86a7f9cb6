"""The recorded session behind the window, and the facts of the debrief once it is finished.

The only part of the window that may import the engine, its record and its report. Open `recorded_procedure.py` first.
"""
