"""The blood patch: spread in the epidural space, pressure, and coverage of the leak."""
