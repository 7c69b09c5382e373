"""API: events, notifications and webhooks."""
