"""The needle: its kinds, how it lies and bends, what a push meets and is felt as, and what runs out of it.

May import phantoms, the interface, frames and words. Open `insertion.py` first, for the bending `needle_bending.py`.
"""
