"""The runs of the generated files: the only modules of the proof that import a framework."""
