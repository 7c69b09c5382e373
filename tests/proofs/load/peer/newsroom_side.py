"""Newsroom's side of the comparison: claims and stories in every state, and the operations on them."""

from __future__ import annotations

from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from editorial.models import Claim, Desk, Signoff, Story  # noqa: E402
from editorial.policy.roles import Scope  # noqa: E402
from editorial.workflow.review import signoffs  # noqa: E402
from editorial.workflow.stories import publication, stories  # noqa: E402
from tests.api.conftest import create_token  # noqa: E402
from tests.support.cast import Room, create_people  # noqa: E402

QUEUE = "/admin/editorial/reviewtask/?queue__exact=investigate"


class Side:
    """A signature approves a finding; an editor approves a story whose evidence is signed, and publishes it."""

    def __init__(self, size: int) -> None:
        desk, city = (Desk.objects.create(name=name, slug=name.lower()) for name in ("Politics", "City"))
        self.people = create_people(desk, city)
        self.room = Room(desk, self.people)
        self.room.now = timezone.now()
        self.rows: dict[str, list[Any]] = {
            "submit": [self.room.story(self.room.claim()) for _ in range(size)],
            "approve": [self._proposed() for _ in range(size)],
            "approve and publish": [self._submitted() for _ in range(size)],
        }
        self.browser = Client()
        self.browser.force_login(self.people["felix"])

    def operate(self, name: str) -> None:
        """Do it once, in process."""
        now = timezone.now()
        if name == "queue page":
            assert self.browser.get(QUEUE).status_code == 200
        elif name == "submit":
            stories.submit(story_id=self.rows[name].pop().pk, actor=self.people["rosa"], now=now)
        elif name == "approve":
            signoffs.approve(signoff_id=self.rows[name].pop().pk, actor=self.people["edgar"], now=now)
        else:
            story = self.rows[name].pop()
            stories.clear(story_id=story.pk, actor=self.people["edith"], now=now)
            publication.publish(story_id=story.pk, actor=self.people["edith"], now=now)

    def request(self, name: str) -> dict[str, Any]:
        """The request that does it once."""
        if name == "queue page":
            return {"method": "GET", "path": QUEUE, "as": "felix"}
        row = self.rows[name].pop()
        if name == "submit":
            return {"method": "POST", "path": f"/api/v1/stories/{row.pk}/submit", "as": "rosa", "json": {}}
        if name == "approve":
            return {"method": "POST", "path": f"/api/v1/signoffs/{row.pk}/approve", "as": "edgar", "json": {}}
        steps = [f"/api/v1/stories/{row.pk}/clear", f"/api/v1/stories/{row.pk}/publish"]
        return {"method": "POST", "path": steps[0], "then": steps[1], "as": "edith", "json": {}}

    def headers(self) -> dict[str, dict[str, str]]:
        """The headers with which each person sends requests."""
        found = {
            name: {"Authorization": f"Bearer {create_token(self.people[name], list(Scope))}"}
            for name in ("rosa", "edgar", "edith")
        }
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.browser.cookies.items())
        return found | {"felix": {"Cookie": cookies}}

    def _proposed(self) -> Signoff:
        claim = self.room.corroborated()
        return signoffs.propose(claim_id=claim.pk, actor=self.people["felix"], now=self.room.now)

    def _submitted(self) -> Story:
        claim: Claim = self.room.verified()
        story = self.room.story(claim)
        stories.submit(story_id=story.pk, actor=self.people["rosa"], now=self.room.now)
        self.room.settle()
        return story
