"""The commands of `coinvec train`. Nothing on the way to its help imports torch."""
