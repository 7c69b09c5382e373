"""Policy: the gate, sign-offs, replies, embargoes, remedies and state transitions."""
