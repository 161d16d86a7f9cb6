"""The scanner: from the patient's voxels and the needle's steel to images in HU, and the dose of a scan.

One file for each link in the order of the beam: `spectrum`, `projector`, `needle_shadow`, `scatter`, `quantum_noise`,
`rebinning`, `reconstruction`; `dose`, `helical_overranging` and `staff_dose` are beside it (a procedure's own doses are
made by `engine/imaging/exposure_dose.py`). May import phantoms, the interface, frames and words. Open
`scanner.py` first.
"""
