"""Crash points: for every write of the API, a web process that kills itself before each statement, one after the other.

`make crash-points` (`python -m tests.proofs.chaos.crash_points`) tries them all; see docs/explanation/durability.md.
"""
