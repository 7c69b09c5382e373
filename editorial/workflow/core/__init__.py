"""Workflow: actions, audit log, idempotency, preconditions."""
