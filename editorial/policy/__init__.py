"""What the newsroom may say, decided from facts alone: no database, clock or network (docs/verification.md)."""
