"""Imports: api."""
