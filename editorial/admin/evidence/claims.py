"""Claims: the list, the page of each – the product's face – and the verbs that begin there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import claim_forms as forms
from editorial.admin.evidence import claim_page, sources
from editorial.admin.evidence.claim_buttons import ON_A_CLAIM
from editorial.admin.evidence.statements import ON_A_STATEMENT
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import Offer, VerbButton, by_slug, offers
from editorial.admin.framework.filters import Live
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.review import replies, signoffs, task_subjects
from editorial.models import Claim, ClaimUse, MessageKind, MessageState, OutboxMessage, Signoff, Source, Story
from editorial.models.review.tasks import LIVE as LIVE_TASKS
from editorial.policy.access import ActorFacts, SubjectFacts, Verb
from editorial.workflow.evidence import claims
from editorial.workflow.review import facts, policies


@admin.register(Claim)
class ClaimAdmin(Page):
    """Claims, newest first."""

    buttons = ON_A_CLAIM
    list_buttons = (
        VerbButton(
            verb=Verb.CLAIM_FILE,
            call=claims.file,
            form=forms.File,
            label="File a claim",
            icon="add",
            tone="primary",
            done="On file. The newsroom works out what is missing.",
            lands=lambda row, claim: claim,
        ),
    )
    list_display = (
        columns.start("text", "Claim", 130),
        columns.word("status", "Status"),
        columns.yes("contested", "Contested", "contested", "contested"),
        columns.word("risk", "Risk"),
        columns.word("kind", "Kind"),
        "desk",
        columns.since("filed_at", "Filed"),
    )
    list_filter = ("status", "risk", "contested", "desk", "kind", Live)
    list_select_related = ("desk",)
    search_fields = ("text",)
    page_template = "editorial/evidence/claim.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what its page names."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("desk", "filed_by", "merged_into")

    def fill(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        """The finding and what it rests on, what is missing, who is owed what, and what depends on it."""
        now, actor, own = timezone.now(), request_user.facts(request), row.access_facts()
        _, policy = policies.in_force(now)
        evidenced = claim_page.Evidenced(row, facts.case([row.pk], now=now), policy, actor)
        assessments = list(row.assessments.select_related("policy").order_by("-number")[:20])
        latest = assessments[0] if assessments else None
        requests = row.reply_requests.select_related("to", "sent_by").prefetch_related("covers")
        voices = list(evidenced.voices.values())
        for voice in voices:
            found = offers(ON_A_STATEMENT, voice.row, actor, subject=own, query={"next": request.path})
            voice.offers = by_slug(found)
        return {
            "offer": by_slug(offers(self.buttons, row, actor, page=Claim, subject=own)),
            "latest": latest,
            "assessments": assessments,
            "freshness": claim_page.freshness(latest, _waiting(row), now),
            "lacking": claim_page.lacking(latest),
            "hangs_on": evidenced.hangs_on(latest),
            "independent": evidenced.side(latest, "independent"),
            "against": evidenced.side(latest, "against"),
            "origins": evidenced.side(latest, "origins"),
            "voices": voices,
            "solo": evidenced.solo(),
            "choruses": evidenced.choruses(),
            "parties": evidenced.parties(),
            "requests": [
                (one, _first(offers((replies.ANSWER,), one, actor, subject=own, query={"next": request.path})))
                for one in requests
            ],
            "signoffs": self._signoffs(row, actor, own, request.path),
            "tasks": task_subjects.named(row.tasks.filter(state__in=LIVE_TASKS).select_related("taken_by")),
            "ended_tasks": row.tasks.exclude(state__in=LIVE_TASKS).select_related("ended_by"),
            "uses": self._uses(row, actor),
            "parts": [link.part for link in row.part_links.select_related("part").order_by("id")],
            "wholes": [link.whole for link in row.whole_links.select_related("whole").order_by("id")],
            "events": history.of(row, also=[voice.row for voice in voices]),
        }

    def beside(self, request: HttpRequest, button: VerbButton, row: Any) -> dict[str, Any]:
        """Whoever records a statement may have to register its source first, and comes back."""
        if button.verb is not Verb.STATEMENT_RECORD:
            return {}
        query = {"next": request.get_full_path()}
        found = offers([sources.REGISTER], None, request_user.facts(request), page=Source, query=query)
        return {"template": "editorial/evidence/register_source_panel.html", "offers": found}

    def _signoffs(
        self, row: Claim, actor: ActorFacts, own: SubjectFacts, back: str
    ) -> list[tuple[Signoff, list[Offer]]]:
        found = row.signoffs.select_related("proposed_by", "decided_by").order_by("-proposed_at")
        return [(one, offers(signoffs.DECIDE, one, actor, subject=own, query={"next": back})) for one in found]

    def _uses(self, row: Claim, actor: ActorFacts) -> list[ClaimUse]:
        """How stories use it, or the compound it is part of; only stories this person may see."""
        claims_ = [row.pk, *row.whole_links.values_list("whole_id", flat=True)]
        stories = Story.objects.all().visible_to(actor)
        uses = ClaimUse.objects.filter(claim__in=claims_, story__in=stories)
        return list(uses.select_related("story__desk").order_by("-story"))


def _waiting(row: Claim) -> bool:
    """Whether a fresh assessment is on its way."""
    states = (MessageState.READY.value, MessageState.SENT.value, MessageState.RUNNING.value)
    return OutboxMessage.objects.filter(
        kind=MessageKind.REVIEW_CLAIM.value, reference=str(row.pk), state__in=states
    ).exists()


def _first(found: list[Offer]) -> Offer | None:
    return found[0] if found else None
