"""The table of stories."""
