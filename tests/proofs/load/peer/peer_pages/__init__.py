"""The peer's site: one type of page."""
