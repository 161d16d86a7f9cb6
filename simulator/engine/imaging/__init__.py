"""Console, table and beam: acquisitions and their dose, the archive's images.

May import the scanner's dose and the interface. Open `handlers.py` first; `exposure_dose.py` says what a beam
costs, `beam.py` how long it is on.
"""
