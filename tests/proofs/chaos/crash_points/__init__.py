"""Crash points: for every write of the API, a web process that kills itself before each statement, one after the other.

`python -m tests.proofs.chaos.crash_points` (or `make crash-points`) tries them all; docs/durability.md tells what it proves.
"""
