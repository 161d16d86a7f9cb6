"""Syringe and patch: what leaves the needle, a millilitre at a time, and what the patient feels of it.

May import the flow in `simulator.patch`. Open `handlers.py` first.
"""
