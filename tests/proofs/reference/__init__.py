"""A second implementation of the rules, and the product compared with it (docs/decisions/0012).

`rules` is the reference, `generators` generates scenarios, `comparison` evaluates both, `shrinking` makes a
disagreement small, `yaml_writer` formats it for tests/scenarios. corners.yaml holds rare cases.
"""
