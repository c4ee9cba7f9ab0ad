"""Where archc keeps its own files, and how it writes others. Imports nothing of archc but errors."""
