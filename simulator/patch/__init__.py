"""The blood patch: flow in the epidural space, spread outside it, the syringe's pressure, coverage of the leak.

May import phantoms, the interface, frames and words. Open `patch.py` first, for the flow `epidural_flow.py`.
"""
