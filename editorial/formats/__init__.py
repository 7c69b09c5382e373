"""Parsers for sheets, feeds, ninjs and web pages: bytes in, items out. Nothing is stored here."""
