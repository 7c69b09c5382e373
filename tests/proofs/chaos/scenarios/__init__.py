"""Scenarios: one question each, put to a real newsroom under load, with a goal and figures (docs/chaos-scenarios.md).

`make chaos-scenarios` runs all of them, `make chaos-scenarios ONLY=redis-outage` one.
"""
