"""A patient from a CT that somebody has: reading it, checking it, and fitting a canal into its bone.

May import everything of `phantoms` but `build`; nibabel, pydicom and SimpleITK are imported here alone. `sources.py`
opens files, `markups.py` reads named points (3D Slicer's `.mrk.json` and `.fcsv`), `named_labels.py` and
`level_names.py` say which vertebra is which; open `patient.py` first.
"""
