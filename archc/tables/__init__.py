"""Rows → text: tables for terminals and documents. Imports nothing of archc but errors."""
