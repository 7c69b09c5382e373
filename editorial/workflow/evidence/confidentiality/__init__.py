"""Confidential sources: the vault, who learns what of a source, and what keeps names out of texts."""
