"""API: users, desks, tokens and subscriptions."""
