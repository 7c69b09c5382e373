"""Scenario files: cases in YAML with expected results (docs/reference/verification.md, section 7).

`yaml_loader` parses YAML strictly, `inheritance` lets a scenario extend another, `validators` checks its fields against
the `schema`, `consistency` its references; `reader` turns it into facts. `results` evaluates the policy, `expectations`
compares.
"""
