"""A case from filing to publication and beyond, with the generated client: mypy --strict checks it as a program.

`newsroom_client` is generated when the tests run; `test_client.py` says where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar
from uuid import UUID, uuid4

import httpx
from newsroom_client import AuthenticatedClient
from newsroom_client.api.cases import cases_create
from newsroom_client.api.claims import claims_list, claims_propose, claims_retrieve, claims_update
from newsroom_client.api.events import events_list
from newsroom_client.api.exhibits import exhibits_content, exhibits_create
from newsroom_client.api.signoffs import signoffs_approve
from newsroom_client.api.sources import sources_list, sources_rate
from newsroom_client.api.statements import statements_list
from newsroom_client.api.stories import stories_clear, stories_gate, stories_list, stories_publish, stories_submit
from newsroom_client.models import (
    CaseClaimRequest,
    CaseCreateRequest,
    CaseResult,
    CaseSourceRequest,
    CaseStatementRequest,
    CaseStoryRequest,
    CaseUseRequest,
    Claim,
    Directness,
    Exhibit,
    ExhibitCreateRequest,
    PaginatedEventList,
    PatchedClaimUpdateRequest,
    Problem,
    ProblemCurrent,
    Reliability,
    Risk,
    Signoff,
    Source,
    SourceRateRequest,
    SourceType,
    Stance,
    Story,
    StoryStatus,
    UseMode,
    Verdict,
)
from newsroom_client.types import File

T = TypeVar("T")

TEXT = "The gate stood open all night."


@dataclass
class Newsroom:
    """A newsroom: its address, the tokens of its users, and how to wait for its workers."""

    address: str
    tokens: Mapping[str, str]
    desk: UUID
    settle: Callable[[], object]

    def client(self, name: str) -> AuthenticatedClient:
        """The client of a user."""
        return AuthenticatedClient(self.address, token=self.tokens[name], raise_on_unexpected_status=True)

    def client_without_if_match(self, name: str) -> AuthenticatedClient:
        """The client of a user whose proxy drops If-Match."""

        def drop(request: httpx.Request) -> None:
            request.headers.pop("If-Match", None)

        return AuthenticatedClient(
            self.address, token=self.tokens[name], httpx_args={"event_hooks": {"request": [drop]}}
        )


def file(newsroom: Newsroom) -> dict[str, UUID]:
    """File a whole case; the response is lost, so it is sent again under its key, and filed once."""
    case = CaseCreateRequest(
        desk=newsroom.desk,
        sources=[
            CaseSourceRequest(ref="vale", type_=SourceType.PERSON, name="Harry Vale"),
            CaseSourceRequest(ref="nora", type_=SourceType.PERSON, name="Nora Quist"),
        ],
        claims=[CaseClaimRequest(ref="gate", text=TEXT, risk=Risk.CONTENTIOUS)],
        statements=[
            CaseStatementRequest(claim="#gate", source=who, stance=Stance.AFFIRMS, directness=Directness.FIRST_HAND)
            for who in ("#vale", "#nora")
        ],
        stories=[
            CaseStoryRequest(
                headline="The gate", body="It stood open.", uses=[CaseUseRequest(claim="#gate", mode=UseMode.ASSERTED)]
            )
        ],
    )
    key = str(uuid4())
    with newsroom.client("rosa") as rosa:
        first, again = (cases_create.sync_detailed(client=rosa, body=case, idempotency_key=key) for _ in range(2))
        other = cases_create.sync(client=rosa, body=CaseCreateRequest(desk=newsroom.desk), idempotency_key=key)
    filed = expect(CaseResult, first.parsed)
    assert filed == again.parsed
    assert [response.headers.get("Idempotency-Replayed") for response in (first, again)] == [None, "true"]
    assert codes(other, 422) == ["IDEMPOTENCY_KEY_REUSED"]
    return {row.ref or row.place: row.id for row in filed.filed}


def revise(newsroom: Newsroom, claim: UUID) -> None:
    """Two concurrent updates: the later one gets the current row, merges, and sends it again."""
    with newsroom.client("rosa") as rosa, newsroom.client_without_if_match("rosa") as hasty:
        etag = claims_retrieve.sync_detailed(claim, client=rosa).headers["ETag"]
        same = claims_retrieve.sync_detailed(claim, client=rosa, if_none_match=etag)
        assert (same.status_code, same.content) == (304, b"")
        unsaid = claims_update.sync(claim, client=hasty, body=text("The gate stood open."), if_match=etag)
        assert codes(unsaid, 428) == ["IF_MATCH_REQUIRED"]
        quick = expect(Claim, claims_update.sync(claim, client=rosa, body=text("It stood open."), if_match=etag))
        late = claims_update.sync_detailed(claim, client=rosa, body=text(TEXT), if_match=etag)
        assert codes(late.parsed, 412) == ["STALE_VERSION"]
        now = Claim.from_dict(expect(ProblemCurrent, expect(Problem, late.parsed).current).to_dict())
        assert (now.text, now.version) == (quick.text, quick.version)
        merged = claims_update.sync(claim, client=rosa, body=text(TEXT), if_match=late.headers["ETag"])
        assert expect(Claim, merged).text == TEXT


def bring_to_print(newsroom: Newsroom, claim: UUID, story: UUID, *sources: UUID) -> None:
    """Refused with the gate's codes first; then rated, signed, submitted, cleared and published."""
    with newsroom.client("rosa") as rosa, newsroom.client("felix") as felix, newsroom.client("edith") as edith:
        assert expect(Story, stories_submit.sync(story, client=rosa)).status is StoryStatus.SUBMITTED
        assert codes(stories_publish.sync(story, client=edith), 409)
        for source in sources:
            rated = sources_rate.sync(source, client=felix, body=SourceRateRequest(Reliability.B, "Right so far."))
            assert expect(Source, rated).reliability is Reliability.B
        newsroom.settle()
        proposal = expect(Signoff, claims_propose.sync(claim, client=felix))
        assert codes(signoffs_approve.sync(proposal.id, client=rosa), 403)
        with newsroom.client("edgar") as edgar:
            expect(Signoff, signoffs_approve.sync(proposal.id, client=edgar))
        newsroom.settle()
        expect(Story, stories_clear.sync(story, client=edith))
        assert expect(Verdict, stories_gate.sync(story, client=edith)).may_run
        key = str(uuid4())
        once, twice = (stories_publish.sync(story, client=edith, idempotency_key=key) for _ in range(2))
        assert expect(Story, once).status is StoryStatus.PUBLISHED
        assert once == twice
        assert codes(stories_publish.sync(story, client=edith), 409)
    newsroom.settle()


def archive(newsroom: Newsroom) -> None:
    """Upload a file as a form, and download it unchanged."""
    with newsroom.client("rosa") as rosa:
        content = b"%PDF-1.7 the log of the gate"
        exhibit = exhibits_create.sync(
            client=rosa,
            body=ExhibitCreateRequest(desk=newsroom.desk, title="The log", file=File(BytesIO(content), "log.pdf")),
        )
        fetched = exhibits_content.sync(expect(Exhibit, exhibit).id, client=rosa)
        assert expect(File, fetched).payload.read() == content


def sync(newsroom: Newsroom) -> dict[str, set[UUID]]:
    """Sync every list by its changes, and the event feed to its end; then nothing is new."""
    copies: dict[str, set[UUID]] = {}
    with newsroom.client("rosa") as rosa:
        for resource, listed in (
            ("claims", claims_list.sync),
            ("sources", sources_list.sync),
            ("statements", statements_list.sync),
            ("stories", stories_list.sync),
        ):
            copy: set[UUID] = set()
            since, further = "start", True
            while further:
                page = listed(client=rosa, updated_since=since, limit=1)
                assert page is not None, resource
                assert not isinstance(page, Problem), page
                copy |= {row.id for row in page.results}
                copy -= set(page.removed or ())
                since, further = expect(str, page.sync_token), page.next_ is not None
            news = listed(client=rosa, updated_since=since)
            assert news is not None, resource
            assert not isinstance(news, Problem), news
            assert news.results == []
            copies[resource] = copy
        events = expect(PaginatedEventList, events_list.sync(client=rosa, after="start", limit=200))
        assert events.results[0].action
        assert codes(events_list.sync(client=rosa, after="never given"), 422)
    return copies


def text(new_text: str) -> PatchedClaimUpdateRequest:
    """An update of a claim's text only."""
    return PatchedClaimUpdateRequest(text=new_text)


def expect(kind: type[T], response: object) -> T:
    """The response, checked to be of this type."""
    assert isinstance(response, kind), response
    return response


def codes(response: object, status: int) -> list[str]:
    """The error codes of a typed problem of this status."""
    problem = expect(Problem, response)
    assert problem.status == status, problem
    return [error.code for error in problem.errors]
