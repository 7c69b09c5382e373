"""Workflow: the only code that writes editorial data. Each action is one transaction."""
