"""The chaos harness: a real newsroom at work while its processes and servers are killed, and a checker of what is left.

`python -m tests.proofs.chaos` (or `make chaos`) runs it; docs/durability.md tells what it proves.
"""
