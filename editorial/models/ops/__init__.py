"""Models: events, outbox, change log and other infrastructure."""
