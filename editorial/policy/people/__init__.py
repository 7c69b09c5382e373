"""Policy: sign-in limits and tokens."""
