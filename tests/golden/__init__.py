"""Golden data: records of each format, and sessions that every later version has to replay exact.

`sessions/` holds records as they were written, compressed. Start reading in `sessions.py`. `python -m
tests.golden.check` replays them and says in one line a session what differs; `python -m tests.golden.pack FOLDER...`
adds to them. They are of rubric 2 and of a plunger that a collection deceives; those of before are in the history.
"""
