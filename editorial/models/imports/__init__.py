"""Imports: models."""
