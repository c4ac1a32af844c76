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
