"""Spec → Graph, and what follows from it alone: checks and differences. Knows no target and no NumPy."""
