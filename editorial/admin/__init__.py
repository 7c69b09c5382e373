"""The editors' door: the Django admin. Every transition is a button that calls one verb."""
