"""Operators apart: a user's operator in a process of its own that holds neither engine nor patient.

The process gets the interface alone as a copy, Views as text, images in shared memory, and answers with commands. What
this stops and what not stands in `docs/threat-model.md`. May import what operators may. Open `operator_process.py`
first, which is this side; `child.py` is the other.
"""
