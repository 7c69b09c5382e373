"""The rules of docs/verification.md a second time: naive, slow, one sentence of the page after the other.

Written from the page alone, and nothing here imports the product. Statements, sources and claims are ids; what is
known of them stands in a `World`, which every rule takes first. Where the page leaves a word open, a comment says
how it was read.
"""
