"""The product under the model's eyes: its verbs called, its rows read, its outbox worked through."""
