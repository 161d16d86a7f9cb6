"""The field's closed sets of words as types: vertebrae, sides, compartments, signs, phases.

May import nothing but the standard library; everything may import it, `phantoms` too.
Open `levels.py` first.
"""
