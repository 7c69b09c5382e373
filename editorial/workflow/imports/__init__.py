"""Imports: workflow."""
