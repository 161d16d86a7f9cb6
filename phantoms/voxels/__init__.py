"""Voxels: the solids painted as densities of the basis materials, with partial volume.

May import all solids of a synthetic patient. Open `voxelize.py` first, then `scene_kernels.py`.
"""
