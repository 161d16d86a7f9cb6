"""The body about the spine: skin, fat, muscle, ribs and organs."""
