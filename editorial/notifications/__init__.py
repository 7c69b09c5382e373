"""Telling people: who must hear of an event, and by which channel. Knows nothing of Celery."""
