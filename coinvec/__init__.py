"""coinvec: photograph a coin, find it in a vector-searchable catalogue."""

__version__ = "0.1.0"
