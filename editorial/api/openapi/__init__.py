"""Openapi: api."""
