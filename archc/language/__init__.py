"""YAML text ↔ Spec: the language that authors write. Knows no graph, no target and no NumPy."""
