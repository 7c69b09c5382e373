"""Reading what others wrote down: sheets, feeds, ninjs, pages. Bytes in, what they say out; nothing is kept here."""
