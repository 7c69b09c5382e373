"""Injected faults: chaos."""
