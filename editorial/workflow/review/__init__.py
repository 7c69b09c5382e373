"""Workflow: assessments, review tasks, sign-offs, replies and the corroboration policy."""
