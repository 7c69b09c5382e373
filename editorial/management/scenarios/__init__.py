"""Scenario files: cases written down in YAML, with what is expected of them (docs/verification.md, section 7).

`yaml_loader` reads YAML strictly, `inheritance` lets one scenario extend another, `schema` turns it into facts,
`results` evaluates the policy, `expectations` compares.
"""
