"""What is read at length: explanations and the report."""
