"""The proof that the targets agree: every layer of each, held against the reference in NumPy."""
