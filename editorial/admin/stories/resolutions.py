"""What resolves an objection of the gate: the buttons that do, or the part of the claim's page that shows how.

The rights are those at the story's desk, which sees every claim of the story: no query for each claim. The action
decides again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from editorial.admin.framework.action_buttons import BoundButton
from editorial.admin.framework.action_views import ActionAdminMixin
from editorial.models import Claim, Story
from editorial.policy import access
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.publication.wire_items import WireItemCode
from editorial.policy.vocabulary import Code

_ON_CLAIM = {
    Code.E_REPLY_NOT_SENT: Action.REPLY_SEND,
    Code.E_REPLY_WINDOW: Action.REPLY_SEND,
    Code.E_LEGAL: Action.SIGNOFF_READ_LEGAL,
    Code.E_SIGNOFF: Action.SIGNOFF_READ_STANDARDS,
    Code.E_NO_ORIGIN: Action.STATEMENT_RECORD,
}
_IN_COPY = frozenset(
    {
        Code.E_ANON_OPINION,
        Code.E_ASSERTED_UNVERIFIED,
        Code.E_DEBUNK_NOT_REFUTED,
        Code.E_FALSE_DECLINE,
        Code.E_LEVEL,
        Code.E_REFUTED,
        Code.E_SOURCE_COUNT,
        Code.E_SUPERSEDED,
        Code.E_WITHDRAWN,
    }
)
_ON_CLAIM_PAGE = {
    Code.E_ASSERTED_UNVERIFIED: ("missing", "What it lacks"),
    Code.E_DEBUNK_NOT_REFUTED: ("missing", "What it lacks"),
    Code.E_EMBARGO: ("statements", "Its statements"),
    Code.E_FOUR_EYES: ("signoffs", "Its sign-offs"),
    Code.E_IDENTITY_UNKNOWN: ("statements", "Its sources"),
    Code.E_REPLY_PENDING: ("replies", "Record the response"),
}


def buttons_for(code: Code | WireItemCode, story: Story, claim: Claim, actor: ActorFacts) -> list[BoundButton]:
    """The buttons that resolve the objection, of those that this user may press; they lead back to the story."""
    return list(_buttons(code, story, claim, actor))


def link_for(code: Code | WireItemCode, claim: Claim) -> tuple[str, str] | None:
    """The URL and the name of the part of the claim's page that shows what to do."""
    if not isinstance(code, Code) or code not in _ON_CLAIM_PAGE:
        return None
    anchor, label = _ON_CLAIM_PAGE[code]
    return f"{reverse('admin:editorial_claim_change', args=[claim.pk])}#{anchor}", label


def _buttons(code: Code | WireItemCode, story: Story, claim: Claim, actor: ActorFacts) -> Iterator[BoundButton]:
    if not isinstance(code, Code):
        return
    if action := _ON_CLAIM.get(code):
        yield from _bound(action, Claim, claim, story, actor)
    if code in _IN_COPY:
        yield from _bound(Action.STORY_REVISE, Story, story, story, actor)


def _bound(action: Action, page: type[Model], row: Model, story: Story, actor: ActorFacts) -> Iterator[BoundButton]:
    decision = access.may(actor, action, story.access_facts() if row == story else SubjectFacts.of_desk(story.desk_id))
    button = next(
        each for each in cast(ActionAdminMixin, admin.site.get_model_admin(page)).buttons if each.action == action
    )
    if decision:
        back = {"next": reverse("admin:editorial_story_change", args=[story.pk])}
        yield BoundButton(button, button.get_url(row, page, back), decision, back)
