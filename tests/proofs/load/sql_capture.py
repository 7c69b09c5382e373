"""Which SQL each question comes to: `python -m tests.proofs.load.sql_capture < house.json`. Nothing of it stays."""

from __future__ import annotations

import json
import sys

import django

from tests.proofs.load.requests import API_REQUESTS, ApiRequest, FilledNewsroom


def capture_sql(house: FilledNewsroom) -> dict[str, list[str]]:
    """Ask each question in a transaction that is rolled back; its statements, by the question's name."""
    return {question.name: _statements(question, house) for question in API_REQUESTS}


def _statements(question: ApiRequest, house: FilledNewsroom) -> list[str]:
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost", "authorization": f"Bearer {house['tokens'][question.who]}"})
    told: list[str] = []
    for _ in range(2):  # what is read once and kept, every process has read long since
        with transaction.atomic(), CaptureQueriesContext(connection) as heard:
            body = json.dumps(question.body(house)) if question.body else ""
            answer = client.generic(
                question.method, "/api/v1" + question.path.format(**house), body, content_type="application/json"
            )
            transaction.set_rollback(True)
        if answer.status_code >= 400:
            sys.exit(f"{question.name}: {answer.status_code} {answer.content.decode()}")
        told = [query["sql"] for query in heard.captured_queries]
    return told


if __name__ == "__main__":
    django.setup()
    json.dump(capture_sql(json.load(sys.stdin)), sys.stdout)
