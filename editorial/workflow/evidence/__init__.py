"""Workflow: claims, statements, sources, exhibits, briefings, cases and the vault."""
