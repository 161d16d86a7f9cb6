"""A patient from a CT that somebody has: reading it, checking it, and fitting a canal into its bone."""
