"""Spec → Graph, its checks and differences. Imports no target and no NumPy."""
