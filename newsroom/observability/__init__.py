"""How the newsroom is watched: health, presences, metrics, and logs that quote nothing."""
