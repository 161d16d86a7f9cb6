"""Exports read by the tools that others wrote; a tool that is absent is named and its tests are skipped."""
