"""Models: users, desks and credentials."""
