"""The living patient: movement and breathing, pain and what is said, reactions, anaesthesia, and how they fare.

May import phantoms, the interface, frames and words. Open `sensation.py` first.
"""
