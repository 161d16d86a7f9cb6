"""Voxels: implicit solids painted as densities of the basis materials, with partial volume."""
