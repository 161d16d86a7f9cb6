"""The living patient: what they feel, say and do, and whether the leak seals."""
