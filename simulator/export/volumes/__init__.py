"""Volumes: every scan as NRRD and NIfTI, written slice by slice. Open `volume_geometry.py` first."""
