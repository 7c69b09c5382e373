"""The model test: a newsroom driven at random beside a model of every possible change to its objects.

`spec/` is the model, written from docs/reference/verification.md and roles.md; nothing in it imports the product.
`driver/` calls the product's actions, alone and concurrently, and runs the jobs of its outbox.
"""
