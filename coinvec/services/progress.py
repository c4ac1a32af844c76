"""How long-running services say how far they are."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number done and the number in all."""
