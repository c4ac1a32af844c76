"""What people choose from, and how much; light, because `coinvec --help` shows it."""

from enum import StrEnum

K_MAX = 10_000
"""The most groups that a search returns."""


class GroupBy(StrEnum):
    """What one hit of a search stands for."""

    TYPE = "type"
    DESIGN = "design"
    IMAGE = "image"


class Verdict(StrEnum):
    """How sure the answer is."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """What the holder of an API key may do; each may all that those before it may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def allows(self, wanted: "Scope") -> bool:
        """Whether a key of this scope may do what asks for another."""
        order = list(Scope)
        return order.index(self) >= order.index(wanted)
