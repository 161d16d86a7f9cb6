"""The spinal canal: its centreline, the dural sac, cord and roots, and what fills the epidural space.

May import the curve of the spine and `phantoms.fluid`. Open `canal_model.py` first.
"""
