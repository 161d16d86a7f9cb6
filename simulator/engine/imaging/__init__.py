"""Console, table and beam: acquisitions and their dose, the archive's images.

May import the scanner's dose and the interface. Open `handlers.py` first; `beam.py` says what a press costs.
"""
