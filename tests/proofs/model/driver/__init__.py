"""The product under test: calls its actions, reads its rows, runs its jobs."""
