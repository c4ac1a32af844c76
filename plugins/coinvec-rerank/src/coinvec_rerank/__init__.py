"""Rankers for coinvec: `verify`, `expand` and `metal`."""
