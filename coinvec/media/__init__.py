"""Photographs as bytes: decoded within limits, stripped of location data, kept by content."""
