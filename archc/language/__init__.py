"""YAML text ↔ Spec: the language that authors write. Imports no graph, no target and no NumPy."""
