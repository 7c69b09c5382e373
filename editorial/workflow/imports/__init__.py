"""Workflow: imports of claims sheets, feeds, ninjs and web pages."""
