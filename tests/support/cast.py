"""The users of the tests and a small newsroom for them to work in.

Two desks, politics and city; every user is at the politics desk unless the list below says otherwise. `room` sets up
what a test needs; a test calls the action that it is about itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Q

from editorial import outbox
from editorial.models import (
    Claim,
    Desk,
    Event,
    Membership,
    MessageKind,
    OutboxMessage,
    Signoff,
    Source,
    Statement,
    Story,
    User,
)
from editorial.workflow.core.errors import ActionError
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.evidence.confidentiality.vault import Identity
from editorial.workflow.imports import imports
from editorial.workflow.review import assessments, signoffs
from editorial.workflow.stories import publication, stories

NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

# name → roles at the politics desk
AT_POLITICS = {
    "rosa": ["reporter"],
    "ruben": ["reporter"],
    "felix": ["fact_checker"],
    "faye": ["fact_checker"],
    "cora": ["copy_editor"],
    "edith": ["editor"],
    "edgar": ["editor"],
    "sena": ["senior_editor"],
    "stan": ["standards_editor"],
    "lara": ["lawyer"],
    "cuno": ["custodian"],
}
AT_CITY = {"carl": ["reporter"], "cleo": ["editor"]}
AT_EVERY_DESK = {"ada": ["admin"], "hugo": ["reporter"]}
WITHOUT_ROLE = {"noel": []}
DEACTIVATED = {"gina": ["editor"]}  # her account is not active any more


@pytest.fixture
def politics(db: None) -> Desk:
    """The desk where nearly everything happens."""
    return Desk.objects.create(name="Politics", slug="politics")


@pytest.fixture
def city(db: None) -> Desk:
    """The other desk."""
    return Desk.objects.create(name="City", slug="city")


@pytest.fixture
def people(politics: Desk, city: Desk) -> dict[str, User]:
    """Every user, by first name."""
    return create_people(politics, city)


def create_people(politics: Desk, city: Desk) -> dict[str, User]:
    """Create every user with their roles."""
    at: list[tuple[dict[str, list[str]], Desk | None]] = [
        (AT_POLITICS, politics),
        (AT_CITY, city),
        (AT_EVERY_DESK, None),
        (WITHOUT_ROLE, politics),
        (DEACTIVATED, politics),
    ]
    hired = {
        name: User(username=name, email=f"{name}@newsroom.example", password="!", is_active=name not in DEACTIVATED)
        for cast, _ in at
        for name in cast
    }
    User.objects.bulk_create(hired.values())
    Membership.objects.bulk_create(
        Membership(user=hired[name], desk=desk, role=role)
        for cast, desk in at
        for name, roles in cast.items()
        for role in roles
    )
    return hired


def _person(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(people: dict[str, User]) -> User:
        return people[name]

    return person


rosa, ruben, felix, faye, cora, edith, edgar, sena, stan, lara, cuno = map(_person, AT_POLITICS)
carl, cleo = map(_person, AT_CITY)
ada, hugo = map(_person, AT_EVERY_DESK)
noel, gina = map(_person, (*WITHOUT_ROLE, *DEACTIVATED))


class Room:
    """A newsroom at nine in the morning, with shortcuts for what a test needs set up."""

    def __init__(self, politics: Desk, people: dict[str, User]) -> None:
        self.desk, self.people, self.now = politics, people, NOW
        self._count = 0

    def later(self, **time: float) -> datetime:
        """Let time pass; the new time."""
        self.now += timedelta(**time)
        return self.now

    def claim(self, text: str = "The gate was open.", *, by: str = "rosa", **fields: Any) -> Claim:
        """A claim on file; contentious unless stated otherwise, so that no lawyer is needed."""
        fields = {"risk": "contentious", "desk_id": self.desk.pk} | fields
        return claims.file(text=text, actor=self.people[by], now=self.now, **fields)

    def person(self, name: str = "", *, reliability: str = "B", **fields: Any) -> Source:
        """A rated person; an editor vouches for an unnamed one."""
        return self.source("person", name, reliability=reliability, **fields)

    def paper(self, name: str = "", *, authenticated: bool = True, **fields: Any) -> Source:
        """An authenticated document."""
        document = self.source("document", name, **fields)
        if authenticated:
            sources.authenticate(
                source_id=document.pk, reason="Seal compared.", actor=self.people["felix"], now=self.now
            )
        return Source.objects.get(pk=document.pk)

    def source(self, type: str, name: str = "", *, reliability: str = "B", by: str = "rosa", **fields: Any) -> Source:
        """A source of any type, rated; an unnamed one is vouched for."""
        self._count += 1
        source = sources.register(
            **{"desk_id": self.desk.pk} | fields,
            type=type,
            name=name or f"{type} {self._count}",
            actor=self.people[by],
            now=self.now,
        )
        Source.objects.filter(pk=source.pk).update(reliability=reliability, editor_knows=True)
        return Source.objects.get(pk=source.pk)

    def reveal(
        self, source: Source, *, by: str = "cuno", second: str = "stan", reason: str = "A court asks."
    ) -> Identity:
        """Who an unnamed source is, by a request that a second person approves."""
        self.approve_unmask(source, by=by, second=second, reason=reason)
        return unmasking.unmask(source_id=source.pk, actor=self.people[by], now=self.now)

    def approve_unmask(
        self, source: Source, *, by: str = "cuno", second: str = "stan", reason: str = "A court asks."
    ) -> None:
        """A request to reveal an unnamed source, approved by a second person and not used yet."""
        request = unmasking.request_unmask(source_id=source.pk, reason=reason, actor=self.people[by], now=self.now)
        unmasking.approve_unmask(source_id=source.pk, request_id=request.pk, actor=self.people[second], now=self.now)

    def says(self, source: Source, claim: Claim, stance: str = "affirms", **fields: Any) -> Statement:
        """A statement collected by rosa, first-hand by default."""
        by = self.people[fields.pop("by", "rosa")]
        fields = {"directness": "first_hand"} | fields
        return statements.record(
            claim_id=claim.pk, source_id=source.pk, stance=stance, actor=by, now=self.now, **fields
        )

    def denied(self, claim: Claim, **fields: Any) -> Statement:
        """A first-hand denial by a new source."""
        return self.says(self.person(), claim, "denies", **fields)

    def corroborated(self, text: str = "The gate was open.", **fields: Any) -> Claim:
        """A claim that two people who were there affirm, found verified and not signed."""
        claim = self.claim(text, **fields)
        for _ in range(2):
            self.says(self.person(), claim)
        self.settle()
        return Claim.objects.get(pk=claim.pk)

    def verified(self, text: str = "The gate was open.", **fields: Any) -> Claim:
        """A claim that is corroborated and signed by felix and edgar; where it is serious by stan and lara too."""
        claim = self.corroborated(text, **fields)
        self.sign(claim)
        return Claim.objects.get(pk=claim.pk)

    def sign(self, claim: Claim) -> Signoff:
        """Every signature the claim's risk asks for."""
        if claim.risk == "serious":
            signoffs.read_standards(claim_id=claim.pk, actor=self.people["stan"], now=self.now)
            signoffs.read_legal(claim_id=claim.pk, actor=self.people["lara"], now=self.now)
        proposal = signoffs.propose(claim_id=claim.pk, actor=self.people["felix"], now=self.now)
        signed = signoffs.approve(signoff_id=proposal.pk, actor=self.people["edgar"], now=self.now)
        self.settle()
        return signed

    def story(self, *used: Claim, mode: str = "asserted", by: str = "rosa", **use: Any) -> Story:
        """A draft by rosa that uses the claims."""
        author = self.people[by]
        story = stories.pitch(
            desk_id=self.desk.pk, headline="The gate", body="It stood open.", actor=author, now=self.now
        )
        uses = [{"claim": str(claim.pk), "mode": mode} | use for claim in used]
        return stories.revise(story_id=story.pk, body="It stood wide open.", uses=uses, actor=author, now=self.now)

    def use(self, story: Story, used: list[Claim]) -> Story:
        """Have the author use these claims, and no others."""
        uses = [
            {"claim": str(claim.pk), "mode": "attributed"} for claim in {claim.pk: claim for claim in used}.values()
        ]
        return stories.revise(story_id=story.pk, uses=uses, actor=story.authors.get(), now=self.now)

    def cleared(self, *used: Claim, mode: str = "asserted", **use: Any) -> Story:
        """The same, submitted by rosa and cleared by edith."""
        story = self.story(*used, mode=mode, **use)
        stories.submit(story_id=story.pk, actor=self.people["rosa"], now=self.now)
        stories.clear(story_id=story.pk, actor=self.people["edith"], now=self.now)
        self.settle()
        return Story.objects.get(pk=story.pk)

    def published(self, *used: Claim, mode: str = "asserted", **use: Any) -> Story:
        """The same in print."""
        story = self.cleared(*used, mode=mode, **use)
        if not used:
            stories.confirm_no_claims(story_id=story.pk, actor=self.people["cora"], now=self.now)
        publication.publish(story_id=story.pk, actor=self.people["edith"], now=self.now)
        self.settle()
        return Story.objects.get(pk=story.pk)

    def settle(self) -> int:
        """Work through the outbox, as the workers would, until nothing is left to review. Returns how much it was."""
        count = 0
        while claimed := self.claim_batch():
            for message, kind, *_ in claimed:
                outbox.run_message(message, _EFFECTS.get(kind, _nothing), clock=lambda: self.now)
                count += 1
        return count

    def claim_batch(self) -> list[outbox.Dispatched]:
        """The jobs to do now. One query tells that there are none; a dispatcher asks a dozen."""
        under_way = Q(state__in=["sent", "running"])
        if OutboxMessage.objects.filter(under_way | Q(state="ready", available_at__lte=self.now)).exists():
            return outbox.claim_batch(now=self.now)
        return []


def _nothing(_reference: str, now: datetime) -> None:
    """Ignore notifications in these tests."""


_EFFECTS: dict[MessageKind, Callable[..., object]] = {
    MessageKind.ASSESS_CLAIM: lambda claim, now: assessments.reassess(claim_id=claim, now=now),
    MessageKind.REEVALUATE_STORY: lambda story, now: publication.reevaluate(story_id=story, now=now),
    MessageKind.IMPORT: lambda begun, now: imports.file_next(import_id=begun, now=now),
}


@pytest.fixture
def room(politics: Desk, people: dict[str, User]) -> Room:
    """The newsroom."""
    return Room(politics, people)


def events(row: Any) -> list[str]:
    """The actions of a row's events; their chain is verified first."""
    chain = list(Event.objects.filter(stream=f"{row._meta.model_name}:{row.pk}").order_by("number"))
    previous = ""
    for number, event in enumerate(chain, 1):
        assert (event.number, event.previous, event.hash) == (number, previous, event.compute_hash()), (
            f"{event} is not whole"
        )
        previous = event.hash
    return [event.action for event in chain]


def count_pending_jobs(kind: MessageKind, row: Any) -> int:
    """How many pieces of work about a row have not been begun."""
    return OutboxMessage.objects.filter(kind=kind.value, reference=str(row.pk), state__in=["ready", "sent"]).count()


@contextmanager
def assert_refused(kind: type[ActionError], *codes: str) -> Iterator[None]:
    """The action in this block is refused for these reasons, and leaves no event and no message.

    Only a text with a confidential name leaves both, for custodians.
    """
    named = "NAME_IN_TEXT" in codes
    before = Event.objects.count() + named, OutboxMessage.objects.count() + named
    with pytest.raises(kind) as error:
        yield
    assert type(error.value) is kind
    assert [reason.code for reason in error.value.reasons] == list(codes)
    assert all(reason.text.endswith((".", ")")) for reason in error.value.reasons), "a reason is a sentence"
    assert (Event.objects.count(), OutboxMessage.objects.count()) == before


def run_concurrently(*calls: Callable[[], Any], timeout: float = 300) -> list[Any]:
    """Make the calls concurrently, each on a thread and connection of its own: the results or errors.

    `timeout`: seconds after which they wait for each other. Only in a test whose database is not one transaction.
    """
    assert not connection.in_atomic_block, "other connections cannot see what this test has not committed"
    start = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def carry_out(number: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            outcomes[number] = call()
        except Exception as problem:
            outcomes[number] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry_out, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=timeout)
        assert not thread.is_alive(), "two acts wait for each other"
    return outcomes


def wait_for_lock_waiter() -> None:
    """Return once another connection waits for a lock that the transaction under way holds."""
    limit = time.monotonic() + 60
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < limit, "nobody waited"
            time.sleep(0.02)


def run_behind(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Make the second call while the first's transaction is open, and it must wait: its result or error."""
    is_open = threading.Event()

    def hold_open() -> None:
        with transaction.atomic():
            first()
            is_open.set()
            wait_for_lock_waiter()

    def follow() -> Any:
        assert is_open.wait(timeout=60), "the first call failed"
        return second()

    problem, outcome = run_concurrently(hold_open, follow)
    if problem is not None:
        raise problem
    return outcome


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fresh(row: Any) -> Any:
    """The row, read again."""
    row.refresh_from_db()
    return row


def exceptions_in(outcomes: list[Any]) -> list[Exception]:
    """The errors among the outcomes."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def refusal_codes(outcomes: list[Any]) -> list[str]:
    """Why each that was refused was refused; anything else that was raised is an error."""
    for outcome in exceptions_in(outcomes):
        if not isinstance(outcome, ActionError):
            raise outcome
    return [reason.code for refusal in exceptions_in(outcomes) for reason in refusal.reasons]  # type: ignore[attr-defined]


@pytest.fixture
def by(parallel: Room) -> Callable[[str], dict[str, Any]]:
    """The actor and the time of an action."""
    return lambda name: {"actor": parallel.people[name], "now": parallel.now}


@pytest.fixture
def parallel(transactional_db: None, room: Room) -> Iterator[Room]:
    """The newsroom in a database that several threads can work in."""
    return room
