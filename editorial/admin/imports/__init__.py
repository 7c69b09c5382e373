"""Imports: admin."""
