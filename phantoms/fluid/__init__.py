"""Cerebrospinal fluid: where it leaks, and the contrast that was mixed into it.

May import `phantoms.canal`. Open `leak.py` first.
"""
