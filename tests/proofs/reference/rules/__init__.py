"""The rules of docs/reference/verification.md a second time: naive, slow, one sentence of the page after the other.

Written from the page alone, and nothing here imports the product. Statements, sources and claims are ids; their
values are in a `World`, the first argument of every rule. Where the page is ambiguous, a comment states the
interpretation.
"""
