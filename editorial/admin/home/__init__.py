"""The home page: one module per panel, one query per panel."""
