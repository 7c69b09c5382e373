"""WATCH: which processes are alive, what waits and for how long, what became of it. Reads; writes presences only."""
