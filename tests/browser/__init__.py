"""Reports in a real browser: Chromium, without a network, with the accessibility rules of axe-core."""
