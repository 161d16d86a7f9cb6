"""The body about the spine: skin, fat, muscles, ribs and organs.

May import bones, the canal and the curve of the spine. Open `body_kernels.py` first: it paints in order.
"""
