"""Models: claims, sources, statements and exhibits."""
