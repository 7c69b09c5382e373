"""The only writer of editorial data: one verb, one transaction."""
