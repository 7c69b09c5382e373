"""What the newsroom may say, from facts alone: no database, clock or network (docs/reference/verification.md)."""
