"""A patient from a CT that somebody has: reading it, checking it, and fitting a canal into its bone.

May import everything of `phantoms` but `build`; nibabel and pydicom are imported here alone. Open `patient.py` first.
"""
