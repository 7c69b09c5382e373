"""Workflow: users, sign-in, second factors, tokens and subscriptions."""
