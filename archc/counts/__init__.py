"""Graph → figures, and the tables of them. Knows no target and no NumPy."""
