"""Related claims on pages: while a claim is typed, and beside an existing one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from editorial.admin.evidence.claim_buttons import MARK_DISTINCT, MERGE, UNMARK_DISTINCT
from editorial.admin.framework import request_user
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.models import Claim
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence import claim_distinctions
from editorial.workflow.evidence.claim_distinctions import Distinct
from editorial.workflow.stories import related_claims
from editorial.workflow.stories.related_claims import RelatedClaim

_MERGE_INTO_IT = replace(MERGE, label="Merge into it")
LIST_TEMPLATE = "editorial/evidence/claim/related_list.html"
PAGE_TEMPLATE = "editorial/evidence/related_claims.html"


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """A related claim as a page shows it, with its buttons."""

    related: RelatedClaim
    buttons: list[BoundButton]

    @property
    def share(self) -> int:
        """How much of the words are the same, in per cent."""
        return round(self.related.similarity * 100)


class TypedClaimForm(forms.Form):
    """The text of a claim that nobody has filed yet."""

    text = forms.CharField(max_length=related_claims.MAX_LENGTH)


def typed_view(request: HttpRequest) -> HttpResponse:
    """The existing claims that are close to what is typed. Sent as a form, so that no log holds the text as a URL."""
    form, rows = TypedClaimForm(request.POST), []
    if form.is_valid():
        found = related_claims.find(form.cleaned_data["text"], request_user.actor_facts(request))
        rows = [RelatedRow(related, []) for related in found]
    return TemplateResponse(request, LIST_TEMPLATE, {"rows": rows, "typed": True})


def page_context(row: Claim, actor: ActorFacts, *, back: str) -> dict[str, Any]:
    """The claims related to this one, and those that are not the same, with their buttons."""
    found = related_claims.related_to(row, actor) if row.live else []
    distinct = claim_distinctions.distinct_from(row, actor)
    return {
        "rows": [RelatedRow(related, _buttons(row, related, actor, back)) for related in found],
        "distinct": [(each, _undo(row, each, actor, back)) for each in distinct],
    }


def _buttons(row: Claim, related: RelatedClaim, actor: ActorFacts, back: str) -> list[BoundButton]:
    other = str(related.claim.pk)
    merge = _bound(_MERGE_INTO_IT, row, actor, {"into_id": other}) if related.claim.kind == row.kind else []
    return [*merge, *_bound(MARK_DISTINCT, row, actor, {"other_id": other, "next": back})]


def _undo(row: Claim, distinct: Distinct, actor: ActorFacts, back: str) -> list[BoundButton]:
    return _bound(UNMARK_DISTINCT, row, actor, {"other_id": str(distinct.claim.pk), "next": back})


def _bound(button: ActionButton, row: Claim, actor: ActorFacts, query: dict[str, str]) -> list[BoundButton]:
    """The button with its form filled in, if this user may press it."""
    return [bound for bound in bind_buttons([button], row, actor, query=query) if bound.decision]
