"""What several tests use; no test module imports another."""
