"""Where archc's own files are, and how it writes others. Of archc, imports only errors."""
