"""Scenario files: cases written down in YAML, with what is expected of them (docs/verification.md, section 7).

`documents` reads YAML strictly, `inheritance` lets one scenario extend another, `reading` turns it into facts,
`answers` asks policy, `expectations` compares.
"""
