"""Weights: initialised, stored in one canonical file, converted to and from each framework."""
