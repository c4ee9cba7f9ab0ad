"""Stored weights: drawn, kept in one canonical file, and brought to and from each framework."""
