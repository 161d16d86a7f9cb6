"""Scenario files: from TOML to the types of the engine."""
