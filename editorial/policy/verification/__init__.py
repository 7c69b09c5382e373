"""Policy: evidence, independence, findings and thresholds."""
