"""Celery extensions: reconnect consumers that lost an acknowledgement, cap the memory of pool processes, heartbeats."""
