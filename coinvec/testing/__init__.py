"""For tests and demonstrations: rendered coins with known masks. Ships with the core."""
