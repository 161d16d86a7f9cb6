"""The procedure: scanner, needle, patch, patient, the engine that joins them, and its users' doors."""
