"""Enumerations that people choose from; light, because `coinvec --help` shows them."""

from enum import StrEnum


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
