"""The words in which metrics, caps, advice, tissues, complications and units are printed, as tables keyed by identity.

May import: vocabulary. A translation is one more `Catalogue`; a table that lacks an entry is refused when it is made.
Open first: `catalogue.py` (what a language must have), then `english.py`.
"""
