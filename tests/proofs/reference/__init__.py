"""A second implementation of the rules, and the product compared with it (docs/decisions/0012).

`rules` is the reference, `invented` makes up scenarios, `comparing` asks both, `minimising` makes a disagreement small,
`writing` puts it into a form that can go into tests/scenarios. corners.yaml holds what chance seldom meets.
"""
