"""The newsroom: a story that uses a verified claim is submitted, cleared and published."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from editorial.models import Story
from editorial.policy.roles import Scope
from editorial.workflow.stories import publication, stories
from tests.api.conftest import create_token
from tests.proofs.load.questions import API
from tests.proofs.load.wagtail_comparison.side import APPROVE, PUBLISH, QUEUE, SUBMIT, Request, Side
from tests.support.cast import Room

_STORIES_OF_A_CLAIM = 4  # stories that use the same claim


class NewsroomSide(Side):
    """Writes go through the API, as a client's do. The queue page is the editors' list of tasks."""

    def __init__(self, room: Room, port: int, drafts: int, headers: dict[str, str]) -> None:
        self.room, self.port = room, port
        self._headers = headers
        self._tokens = {
            name: {"Authorization": f"Bearer {create_token(room.people[name], list(Scope))}"}
            for name in ("rosa", "edith")
        }
        self._drafts = deque(self._write_drafts(drafts))
        self._submitted: dict[str, deque[Any]] = {APPROVE: deque(), PUBLISH: deque()}
        self._next_is_for = APPROVE

    def _write_drafts(self, count: int) -> list[Any]:
        drafts: list[Any] = []
        self.room.now = timezone.now()
        while len(drafts) < count:
            claim = self.room.verified()
            drafts += [self.room.story(claim).pk for _ in range(_STORIES_OF_A_CLAIM)]
        self.room.settle()
        return drafts

    def call(self, operation: str) -> Callable[[], object]:
        if operation == SUBMIT:
            return partial(stories.submit, story_id=self._submit_next(), **self._by("rosa"))
        key = self._submitted[operation].popleft()
        clear = partial(stories.clear, story_id=key, **self._by("edith"))
        if operation == APPROVE:
            return clear
        return lambda: (clear(), publication.publish(story_id=key, **self._by("edith")))

    def requests(self, operation: str) -> list[Request]:
        if operation == QUEUE:
            return [Request("GET", "/admin/editorial/reviewtask/", self._headers)]
        if operation == SUBMIT:
            return [self._post(self._submit_next(), "submit", "rosa")]
        key = self._submitted[operation].popleft()
        actions = ("clear",) if operation == APPROVE else ("clear", "publish")
        return [self._post(key, action, "edith") for action in actions]

    def published(self) -> int:
        """How many stories are published, to be compared with how many should be."""
        return Story.objects.filter(status="published").count()

    def _submit_next(self) -> Any:
        key = self._drafts.popleft()
        self._submitted[self._next_is_for].append(key)
        self._next_is_for = PUBLISH if self._next_is_for == APPROVE else APPROVE
        return key

    def _by(self, name: str) -> dict[str, Any]:
        return {"actor": self.room.people[name], "now": timezone.now()}

    def _post(self, key: Any, action: str, name: str) -> Request:
        return Request("POST", f"{API}stories/{key}/{action}", self._tokens[name])
