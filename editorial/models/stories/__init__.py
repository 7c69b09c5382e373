"""Stories: models."""
