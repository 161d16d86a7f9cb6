"""Files: small ones are read in one place, and what is written is whole or not there.

May import errors and shown text; nothing else of the simulator. Open `small_file.py` first.
"""
