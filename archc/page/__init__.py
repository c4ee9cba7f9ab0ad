"""`archc report`: one self-contained HTML page with all that is known of a network."""
