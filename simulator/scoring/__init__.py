"""What a procedure was worth: metrics by family, caps, components and the scorecard that holds them all.

May import: engine (events, case), vocabulary, wording, spatial; no file format and no screen.
Open first: `scorecard.py` (what comes out), then `score_procedure.py` (how it comes about), `caps.py`, `safety.py` ...
"""
