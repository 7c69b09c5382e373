"""Verification: policy."""
