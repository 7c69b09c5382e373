"""Scenarios: one question each, put to a real newsroom under load (docs/explanation/chaos-scenarios.md).

`make chaos-scenarios` runs all of them, `make chaos-scenarios ONLY=redis-outage` one.
"""
