"""Workflow: actions, audit log, idempotency."""
