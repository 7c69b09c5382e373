"""Observability: heartbeats, metrics, and logs without content."""
