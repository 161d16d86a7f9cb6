"""Golden data: records of each format, and sessions that every later version has to replay exact.

`sessions/` holds records as they were written, compressed. Start reading in `sessions.py`. `python -m
tests.golden.check` replays them and says in one line a session what differs; `python -m tests.golden.pack FOLDER...`
adds to them. All were recorded by one earlier version but `sixth-lumbar`, whose voxels that version wrote past the end
of their grid; it is of the first version that did not.
"""
