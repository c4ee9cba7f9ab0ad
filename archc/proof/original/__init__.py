"""A model that somebody else made, run step by step and compared with the reference implementation."""
