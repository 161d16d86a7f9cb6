"""Strategies: studies of many runs, and the environment for programs that learn."""
