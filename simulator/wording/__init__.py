"""The words in which metrics, caps, advice, tissues, complications and units are printed, as tables keyed by identity.

May import: vocabulary. Open first: `catalogue.py` (what a language must have; a table that lacks an entry is refused
when it is made), then `english.py`; the window's German stands in `window_german*.py`, by the English of the window.
"""
