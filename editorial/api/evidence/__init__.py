"""API: claims, sources, statements, exhibits."""
