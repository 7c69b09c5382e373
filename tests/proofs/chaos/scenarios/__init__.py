"""Trials: one question each, put to a real newsroom under load, with a goal and figures (docs/trials.md).

`make trials` puts all of them, `make trials ONLY=redis-away` one.
"""
