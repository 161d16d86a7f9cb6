"""Bones: the solids of one vertebra by region, from the morphometric table.

May import the canal and the curve of the spine. Open `vertebra.py` first, then the kernels of a region.
"""
