"""Session records: append-only, replayable."""
