"""The procedure: scanner, needle, patch, patient, the engine that joins them, and its users' doors."""

from phantoms import kernel_cache

kernel_cache.configure()
