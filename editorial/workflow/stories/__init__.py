"""Workflow: stories, their gate, and publication."""
