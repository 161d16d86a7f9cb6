"""The patient at rest: anatomy as implicit solids, contrast, and voxel phantoms for the scanner."""
