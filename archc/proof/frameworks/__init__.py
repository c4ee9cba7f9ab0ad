"""The runs of generated files and of models that others made: the only modules of the proof that
import a framework."""
