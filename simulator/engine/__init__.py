"""The deterministic engine: commands in, events and state out. No clock, no disk, no screen."""
