"""Notifications: who is notified of an event, with which text, by which channel. Knows no Celery.

`notices` combines what an event is about (`subjects`) with its `recipients`, and stores the text from `messages`.
`deliveries` sends it by `mail` and `webhooks`.
"""
