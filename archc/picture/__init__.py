"""Graph → scene → SVG, TikZ, PDF, PNG. Knows no target and no NumPy."""
