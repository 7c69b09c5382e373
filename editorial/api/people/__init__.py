"""People: api."""
