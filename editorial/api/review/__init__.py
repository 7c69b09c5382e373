"""Review: api."""
