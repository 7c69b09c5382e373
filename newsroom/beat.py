"""The Celery application of beat, which sends tasks by name and loads none of their code."""

from newsroom.celery import create_app

app = create_app()
