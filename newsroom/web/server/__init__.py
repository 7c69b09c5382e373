"""The HTTP server: waitress in gunicorn's worker processes.

gunicorn owns processes, signals and the listening socket. In each process waitress reads requests completely, in one
loop for all connections, before a thread sees them (decision 0035).
"""
