"""Workflow: due work, dead letters, webhooks, the audit chain and integrity checks."""
