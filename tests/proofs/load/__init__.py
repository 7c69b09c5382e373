"""Load: how long the API takes at ten thousand claims and at a million, against the same SQL run bare (`make load`)."""
