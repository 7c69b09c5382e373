"""Incremental sync: a copy that is updated by its changes equals the rows, whatever happens meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from editorial.api.framework.pagination import decode_cursor, encode_cursor
from editorial.models import Change, Event, Membership, User
from editorial.models.ops import change_log
from editorial.workflow.core.errors import ActionError
from editorial.workflow.evidence import claims, sources
from tests.api.conftest import ApiClient, ClientFactory
from tests.api.sync_writers import WRITES, add_city_role
from tests.support.cast import Room, run_concurrently

# Alone on their server (`make test-slow`): the horizon waits for every transaction of a server, of other tests too.
pytestmark = pytest.mark.slow

RESOURCES = (
    "stories", "claims", "assessments", "sources", "statements", "relays", "briefings", "exhibits", "reply-requests",
    "reviews", "signoffs", "policies", "desks", "notifications", "comments",
)  # fmt: skip
ALL_STATES = {"reviews": {"state": ["open", "taken", "found", "exhausted", "closed"]}}


class SyncedCopy:
    """A client's copy of one list, with its sync token."""

    def __init__(self, client: ApiClient, resource: str, limit: int = 7) -> None:
        self.caller, self.noun, self.limit, self.since = client, resource, limit, "start"
        self.rows: dict[str, Any] = {}

    def pull(self) -> None:
        """Take in what changed, page by page."""
        more = True
        while more:
            query = {"updated_since": self.since, "limit": self.limit} | ALL_STATES.get(self.noun, {})
            page = self.caller.get(self.noun, **query)
            assert page.status == 200, page
            for row in page.json["results"]:
                self.rows[row["id"]] = row
            for removed in page.json["removed"]:
                self.rows.pop(removed, None)
            self.since, more = page.json["sync_token"], page.json["next"] is not None


def read_all(client: ApiClient, resource: str) -> dict[str, Any]:
    """The list, page by page, as it is now."""
    rows: dict[str, Any] = {}
    query: dict[str, Any] | None = {"limit": 200} | ALL_STATES.get(resource, {})
    while query is not None:
        page = client.get(resource, **query)
        assert page.status == 200, page
        rows |= {row["id"]: row for row in page.json["results"]}
        query = _query(page.json["next"])
    return rows


def _query(address: str | None) -> dict[str, Any] | None:
    if address is None:
        return None
    query: dict[str, Any] = {}
    for name, value in parse_qsl(urlsplit(address).query):
        query.setdefault(name, []).append(value)
    return query


@pytest.fixture
def busy(parallel: Room) -> Iterator[Room]:
    """A newsroom with something in it, in a database that several can work in."""
    first, second = parallel.claim("The gate was open."), parallel.corroborated("The guard slept.")
    parallel.story(second)
    parallel.denied(first)
    return parallel


def test_a_row_that_commits_late_is_not_missed(busy: Room, rosa: User, client_for: ClientFactory) -> None:
    copy = SyncedCopy(client_for(rosa), "claims")
    started, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            busy.claim("Filed first, and committed last.")
            started.set()
            assert go_on.wait(30)

    def quick() -> None:
        assert started.wait(30)
        busy.claim("Filed second, and committed first.")
        copy.pull()
        go_on.set()

    assert run_concurrently(slow, quick) == [None, None]
    texts = {row["text"] for row in copy.rows.values()}
    assert "Filed first, and committed last." not in texts
    copy.pull()
    assert copy.rows == read_all(copy.caller, "claims")
    assert {"Filed first, and committed last.", "Filed second, and committed first."} <= {
        row["text"] for row in copy.rows.values()
    }


def test_copies_synced_during_concurrent_writes_are_complete(
    busy: Room, rosa: User, cleo: User, client_for: ClientFactory
) -> None:
    copies = [SyncedCopy(client, resource) for client in map(client_for, (rosa, cleo)) for resource in RESOURCES]
    done: dict[str, int] = {}
    writers_done = threading.Semaphore(0)

    def write(seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311
        for deed in (deed for _ in range(2) for deed in dice.sample(WRITES, len(WRITES))):
            try:
                with transaction.atomic():
                    deed(busy, dice)
                    time.sleep(dice.choice([0, 0, 0.05, 0.3]))  # transactions end in another order than they begin
                done[deed.__name__] = done.get(deed.__name__, 0) + 1
            except (ActionError, IndexError):
                pass
            except OperationalError as problem:
                # Several actions in one transaction (no interface does that) may deadlock; one then did nothing.
                if not isinstance(problem.__cause__, DeadlockDetected):
                    raise
        writers_done.release()

    def read() -> None:
        for _ in range(4):
            while not writers_done.acquire(timeout=0.1):
                for copy in copies:
                    copy.pull()

    faults = run_concurrently(*(lambda seed=seed: write(seed) for seed in range(4)), read, timeout=300)
    assert [fault for fault in faults if fault] == []
    assert len(done) > len(WRITES) * 2 / 3, f"too little was tried: {done}"
    for copy in copies:
        copy.pull()
        assert copy.rows == read_all(copy.caller, copy.noun), (copy.noun, done)


def test_a_row_is_reported_as_removed_only_to_clients_that_lost_it(
    busy: Room, rosa: User, carl: User, client_for: ClientFactory
) -> None:
    claim, other = busy.corroborated("The gate is known in town."), busy.claim("Nobody in town knows of it.")
    unnamed = busy.person("an aide", unnamed=True)
    story = busy.use(add_city_role(busy), [claim])
    copies = {resource: SyncedCopy(client_for(carl), resource) for resource in RESOURCES}
    for copy in copies.values():
        copy.pull()
    assert [row["id"] for row in copies["claims"].rows.values()] == [str(claim.pk)]
    assert len(copies["statements"].rows) == 2
    busy.use(story, [])
    room_only = claims.revise(claim_id=other.pk, text="Still nobody.", actor=rosa, now=busy.now)
    sources.rate(source_id=unnamed.pk, reliability="C", actor=busy.people["felix"], now=busy.now)
    ids = []
    for resource, copy in copies.items():
        page = copy.caller.get(resource, updated_since=copy.since).json
        ids += [*page["removed"], *(row["id"] for row in page["results"])]
        copy.pull()
        assert copy.rows == read_all(copy.caller, resource), resource
    assert copies["claims"].rows == copies["statements"].rows == {}
    assert str(claim.pk) in ids
    assert not {str(room_only.pk), str(unnamed.pk)} & set(ids)


def test_protecting_a_source_removes_its_name_from_every_copy(
    busy: Room, rosa: User, carl: User, client_for: ClientFactory
) -> None:
    source = busy.person("Mia Mole")
    copy = SyncedCopy(client_for(carl), "sources")
    copy.pull()
    assert str(source.pk) in copy.rows
    sources.protect(
        source_id=source.pk, name="an aide", identity_name="Mia Mole", identity_known_by="born 1 May", actor=rosa,
        now=busy.now,
    )  # fmt: skip
    page = copy.caller.get("sources", updated_since=copy.since)
    assert page.json["removed"] == [str(source.pk)]
    assert "Mole" not in page.response.content.decode()
    assert "an aide" not in page.response.content.decode()


def test_an_account_made_afterwards_does_not_learn_what_was_protected_before(
    busy: Room, rosa: User, carl: User, client_for: ClientFactory
) -> None:
    source, earlier = busy.person("Mia Mole"), SyncedCopy(client_for(carl), "sources")
    earlier.pull()
    sources.protect(
        source_id=source.pk, name="an aide", identity_name="Mia Mole", identity_known_by="born 1 May", actor=rosa,
        now=busy.now,
    )  # fmt: skip
    late = User.objects.create(username="lena", email="lena@newsroom.example", password="!")
    Membership.objects.create(user=late, role="reporter", desk=Membership.objects.filter(user=carl).get().desk)
    copy = SyncedCopy(client_for(late), "sources", limit=1)
    ids = list[str]()
    more = True
    while more:
        page = copy.caller.get("sources", updated_since=copy.since, limit=1).json
        ids += [*page["removed"], *(row["id"] for row in page["results"])]
        copy.since, more = page["sync_token"], page["next"] is not None
    assert ids
    assert str(source.pk) not in ids
    assert earlier.caller.get("sources", updated_since=earlier.since).json["removed"] == [str(source.pk)]


def test_a_sync_token_is_bound_to_its_account_and_cannot_be_given_an_earlier_start(
    busy: Room, rosa: User, ruben: User, client_for: ClientFactory
) -> None:
    copy = SyncedCopy(client_for(rosa), "sources")
    copy.pull()
    assert copy.caller.get("sources", updated_since=copy.since).status == 200
    others = client_for(ruben).get("sources", updated_since=copy.since)
    assert (others.status, others.codes) == (422, ["INVALID_CURSOR"])
    epoch, position, last_id, start, fingerprint, signature = decode_cursor(copy.since).decode().split(".")
    assert int(start) > 0
    for forged in (
        [epoch, position, last_id, "0", fingerprint, signature],
        [epoch, "0", last_id, start, fingerprint, signature],
        [epoch, position, last_id, start, fingerprint, ""],
        [epoch, position, last_id, fingerprint],
    ):
        assert copy.caller.get("sources", updated_since=encode_cursor(".".join(forged))).status == 422, forged


def test_gaining_or_losing_a_desk_expires_the_sync_token(
    busy: Room, carl: User, rosa: User, client_for: ClientFactory
) -> None:
    copy = SyncedCopy(client_for(carl), "claims")
    copy.pull()
    Membership.objects.create(user=carl, role="reporter", desk=Membership.objects.filter(user=rosa).get().desk)
    response = copy.caller.get("claims", updated_since=copy.since)
    assert (response.status, response.codes) == (410, ["SYNC_TOKEN_EXPIRED"])
    copy.since = "start"
    copy.pull()
    assert copy.rows == read_all(copy.caller, "claims")


def test_a_restore_expires_every_sync_token_and_positions_continue(
    busy: Room, rosa: User, client_for: ClientFactory
) -> None:
    copy = SyncedCopy(client_for(rosa), "claims")
    copy.pull()
    ahead = change_log.watermark().position + 1_000_000
    with connection.cursor() as cursor:  # as if another server had counted it
        cursor.execute(
            "UPDATE editorial_change SET position = %s WHERE id = (SELECT max(id) FROM editorial_change)", [ahead]
        )
    change_log.start_epoch()
    assert change_log.watermark().position > ahead
    assert copy.caller.get("claims", updated_since=copy.since).status == 410
    busy.claim("Filed afterwards.")
    assert Change.objects.latest("id").position > ahead
    copy.since, copy.rows = "start", {}
    copy.pull()
    assert copy.rows == read_all(copy.caller, "claims")


def test_rows_that_no_longer_match_a_filter_are_reported_as_removed(
    busy: Room, rosa: User, client_for: ClientFactory
) -> None:
    claim = busy.claim("It may be dropped.")
    client = client_for(rosa)
    first = client.get("claims", live="true", updated_since="start").json
    assert str(claim.pk) in {row["id"] for row in first["results"]}
    claims.drop(claim_id=claim.pk, reason="Not worth it.", actor=busy.people["felix"], now=busy.now)
    then = client.get("claims", live="true", updated_since=first["sync_token"]).json
    assert (then["results"], then["removed"]) == ([], [str(claim.pk)])


def test_an_unknown_cursor_is_refused(busy: Room, rosa: User, client_for: ClientFactory) -> None:
    for made_up in ("", "0", "2031-01-01T00:00:00Z", "MS4xLi", "x" * 5000, "\x00"):
        assert client_for(rosa).get("claims", updated_since=made_up).status == 422, made_up
        assert client_for(rosa).get("events", after=made_up).status == 422, made_up


def test_events_are_read_in_order_and_without_gaps(busy: Room, rosa: User, client_for: ClientFactory) -> None:
    client = client_for(rosa)
    ids: list[str] = []
    page = client.get("events", after="start", limit=3).json
    while True:
        ids += [event["id"] for event in page["results"]]
        if page["next"] is None:
            break
        page = client.get("events", **_query(page["next"])).json  # type: ignore[arg-type]
    assert sorted(ids) == sorted(str(key) for key in Event.objects.values_list("pk", flat=True))
    assert client.get("events", after="now").json["results"] == []
    claim = busy.claim("The news.")
    (news,) = client.get("events", after=page["sync_token"]).json["results"]
    assert (news["stream"], news["action"]) == (f"claim:{claim.pk}", "claim.file")


def test_an_event_that_commits_late_is_not_missed(busy: Room, rosa: User, client_for: ClientFactory) -> None:
    client = client_for(rosa)
    page = client.get("events", after="now").json
    started, go_on = threading.Event(), threading.Event()
    ids: list[str] = []

    def slow() -> None:
        with transaction.atomic():
            busy.claim("Slow.")
            started.set()
            assert go_on.wait(30)

    def quick() -> None:
        assert started.wait(30)
        for _ in range(3):
            busy.claim("Quick.")
        read = client.get("events", after=page["sync_token"]).json
        ids.extend(event["id"] for event in read["results"])
        page["sync_token"] = read["sync_token"]
        go_on.set()

    assert run_concurrently(slow, quick) == [None, None]
    ids += [event["id"] for event in client.get("events", after=page["sync_token"]).json["results"]]
    filed = Event.objects.filter(action="claim.file").order_by("-pk")[:4]
    assert sorted(ids) == sorted(str(event.pk) for event in filed)
