"""DICOM: CT images and the radiation dose report of a session.

May import pydicom and highdicom. Open `ct_image.py` (one slice) and `dose_report.py` (TID 10011) first.
"""
