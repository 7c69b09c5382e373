"""Tests of what all areas use."""
