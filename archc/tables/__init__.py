"""Rows → text: tables for terminals and documents. Of archc, imports only errors."""
