"""Proofs: tests."""
