"""Courses: where each learner of a course stands, what is next for them, and reports of a whole group.

May import scenario, records and reports; not the window, not the command line. Open `standing.py` first.
"""
