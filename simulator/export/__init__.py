"""Exports: a finished session as files for hospital, dose registry, converter, 3D Slicer and learning platform.

May import: report, records, scoring, interface, engine, wording and below; nothing but the command line imports it.
The truth about the patient comes in through `ground_truth/` alone, and only where somebody asked for it.
Open first: `export_session.py` (what is written where), then `finished_session.py` and `acquired_series.py` (what it is
made of).
"""
