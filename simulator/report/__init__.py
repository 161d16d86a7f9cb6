"""What is shown after a procedure: the debrief of one, the cohort of many, pictures, figures and sentences.

May import: records, scenario, scoring, operators (who go on at a fork), engine, wording and below; no pygame, no
file format of others.
Open first: `debrief.py` (one procedure as a page), `cohort.py` (a folder of them), `recording.py` (what a run leaves).
"""
