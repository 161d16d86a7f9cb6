"""The needle in the patient: placing, pushing, turning, and what shows at the hub.

May import the mechanics in `simulator.needle` and the patient's anatomy. Open `push.py` first, then `bevel.py`.
"""
