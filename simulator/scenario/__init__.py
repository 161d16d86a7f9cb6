"""Scenarios: a case from its text file to what the engine runs on, and every fault of it in words.

May import phantoms, engine, operators and scoring; not records, reports or doors.
Open `schema.py` for what a file may say (`lesson_schema.py`: lessons, questions, checklists), `build.py` for what
becomes of it; `slicer_path.py` reads a path drawn in 3D Slicer.
"""
