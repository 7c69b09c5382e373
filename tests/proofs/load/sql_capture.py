"""The SQL of each request: `python -m tests.proofs.load.sql_capture < house.json`. Every write is rolled back."""

from __future__ import annotations

import json
import sys

import django

from tests.proofs.load.requests import API_REQUESTS, ApiRequest, FilledNewsroom


def capture_sql(newsroom: FilledNewsroom) -> dict[str, list[str]]:
    """Send each request in a transaction that is rolled back; its statements, by the request's name."""
    return {question.name: _statements(question, newsroom) for question in API_REQUESTS}


def _statements(question: ApiRequest, newsroom: FilledNewsroom) -> list[str]:
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost", "authorization": f"Bearer {newsroom['tokens'][question.who]}"})
    statements: list[str] = []
    for _ in range(2):  # what is read once and cached, every process has read before
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            body = json.dumps(question.body(newsroom)) if question.body else ""
            response = client.generic(
                question.method, "/api/v1" + question.path.format(**newsroom), body, content_type="application/json"
            )
            transaction.set_rollback(True)
        if response.status_code >= 400:
            sys.exit(f"{question.name}: {response.status_code} {response.content.decode()}")
        statements = [query["sql"] for query in captured.captured_queries]
    return statements


if __name__ == "__main__":
    django.setup()
    json.dump(capture_sql(json.load(sys.stdin)), sys.stdout)
