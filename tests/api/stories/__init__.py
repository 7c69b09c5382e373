"""Stories: api."""
