"""The chaos harness: a real newsroom under load, faults that kill its processes and servers, and a checker.

`python -m tests.proofs.chaos` (or `make chaos`) runs it; docs/explanation/durability.md describes what it proves.
"""
