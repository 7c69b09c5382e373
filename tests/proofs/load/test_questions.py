"""`make load` asks everything: a route or page that it leaves out fails here."""

from __future__ import annotations

from django.utils import timezone

from tests.proofs.load import questions
from tests.support.sample_newsroom import create_row_of_each_kind


def test_every_route_of_the_api_and_every_page_is_asked(room, settings):
    settings.SECOND_FACTOR_ROLES = []
    room.now = timezone.now()
    create_row_of_each_kind(room)
    asked = questions.every_question(room.people)
    unasked = sorted(questions.unasked_routes(asked))
    assert not unasked, "\n".join(unasked)
    without_claims = [question for question in asked if "claims" not in question.path]
    assert questions.unasked_routes(without_claims) >= {"api/v1/claims", "api/v1/claims/<uuid:pk>/weights"}
