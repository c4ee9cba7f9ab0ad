"""Graph → figures, and the tables of them. Imports no target and no NumPy."""
