"""Pages of a development newsroom only: the email it sent, and the webhooks that it received from itself."""
