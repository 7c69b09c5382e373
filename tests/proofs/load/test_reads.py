"""What people and workers ask reads what it shows or touches, however much there is.

Proven with 300,000 claims: no statement may read more than a page with all it shows. What a plan reads is counted, not
timed: a scan, or a sort, of a whole table reads all its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from editorial.policy.access import ActorFacts
from editorial.policy.roles import Scope
from editorial.workflow.stories import related_claims, search, search_results
from tests.api.conftest import create_token
from tests.proofs.load.actions import steps
from tests.proofs.load.populate import crowded_claims, filled_database
from tests.proofs.load.questions import WORD, Question, every_question
from tests.support.cast import Room
from tests.support.query_plans import reading

pytestmark = pytest.mark.slow

CLAIMS = 300_000
MOST = 1_500
"""The rows that one statement may read: a page of fifty with a dozen rows each, and as many that it passes over."""
MOST_COUNTED = 8_000
"""The same for counts up to a thousand, filters by what a hundredth of rows have, and a claim with 1,000 statements."""
KNOWN = re.compile("desk__id__exact=|/events as ines")
"""Rows of another desk of which one sees few, and events at a desk with one in a thousand: others are passed over."""


@pytest.fixture(scope="module")
def large(data_folder: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Room]:
    """A newsroom with very many claims."""
    with django_db_blocker.unblock(), filled_database(data_folder, CLAIMS) as room:
        yield room


@pytest.fixture(autouse=True)
def _unblocked(large: Room, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


class Heavy(list[str]):
    """What reads more than it may. Collected, so that one run of a test finds everything."""

    @contextmanager
    def none_in(self, what: str, most: int = MOST) -> Iterator[None]:
        """Add the statements of this block that read more than so many rows."""
        with reading() as reads:
            yield
        for read in reads:
            if read.rows > (MOST_COUNTED if read.sql.startswith("SELECT COUNT") else most):
                self.append(f"{what} reads {read.rows} rows:\n{read.sql}\n{read.plan}")

    def check(self) -> None:
        """Fail if there is any."""
        assert not self, "\n\n".join(self)


def test_no_page_and_no_list_reads_a_whole_table(large, settings):
    settings.SECOND_FACTOR_ROLES, settings.RATE_LIMIT_PER_TOKEN, settings.RATE_LIMIT_PER_IP = [], 0, 0
    heavy, clients = Heavy(), {}
    crowded = [Question("rosa", reverse("admin:editorial_claim_change", args=[claim.pk])) for claim in crowded_claims()]
    for question in [*every_question(large.people), *crowded]:
        if KNOWN.search(question.name):
            continue
        client = clients.setdefault(question.who, _client(large, question.who))
        with heavy.none_in(question.name, MOST_COUNTED if "?" in question.path or question in crowded else MOST):
            status = client.get(question.path).status_code
        if status not in (200, 302, 403, 404, 409):
            heavy.append(f"{question.name} fails with {status}")
    heavy.check()


def _client(room: Room, name: str) -> Client:
    """A browser that is signed in, and has a token for the API."""
    client = Client(
        raise_request_exception=False,
        headers={"authorization": f"Bearer {create_token(room.people[name], list(Scope))}"},
    )
    client.force_login(room.people[name])
    return client


def test_no_action_and_no_job_reads_a_whole_table(large):
    heavy = Heavy()
    for name, step in steps(large):
        with heavy.none_in(name):
            step()
    heavy.check()


FREQUENT = ("minister", "harbour budget", "ministers visited")
"""What a sixth or more of all claims hold, or many of those that the newest hold."""


def test_a_word_that_a_fifth_of_all_claims_hold_costs_at_most_four_times_a_rare_one(large):
    heavy, reader = Heavy(), large.people["rosa"].facts()
    for text in (WORD, *FREQUENT, "nobody wrote this"):
        with heavy.none_in(text, MOST_COUNTED):
            search.find(text, reader)
    heavy.check()
    rare = _seconds(WORD, reader)
    assert {text: seconds for text in FREQUENT if (seconds := _seconds(text, reader)) > 4 * rare} == {}, rare


TYPED_CLAIMS = (
    "The minister visited the harbour.",
    "Ministers denied the harbour budget.",
    "The minister did not visit",
)
"""Claims that are typed, of words that many claims hold."""


def test_related_claims_of_common_words_cost_at_most_four_times_those_of_rare_ones(large):
    heavy, reader = Heavy(), large.people["rosa"].facts()
    rare = f"Zebras {WORD} quagga okapi"
    for text in (rare, *TYPED_CLAIMS):
        with heavy.none_in(text, MOST_COUNTED):
            related_claims.find(text, reader)
    heavy.check()
    least = _median_seconds(lambda: related_claims.find(rare, reader))
    times = {text: _median_seconds(partial(related_claims.find, text, reader)) for text in TYPED_CLAIMS}
    assert {text: seconds for text, seconds in times.items() if seconds > 4 * least} == {}, least


def _seconds(text: str, reader: ActorFacts) -> float:
    """What a search with its excerpts takes."""
    return _median_seconds(lambda: search_results.show(search.find(text, reader), reader))


def _median_seconds(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(7):
        began = perf_counter()
        ask()
        times.append(perf_counter() - began)
    return median(times)
