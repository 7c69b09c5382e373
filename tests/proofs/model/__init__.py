"""The machine: a newsroom driven at random beside a model of what may happen to each of its nouns.

`model/` says what may be, written from docs/verification.md and docs/roles.md; nothing in it imports the product.
`driving/` calls the product's verbs, alone and at the same moment, and works through its outbox.
"""
