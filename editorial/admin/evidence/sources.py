"""Sources: who and what speaks. A confidential name is never on these pages, but for the one look that is recorded."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.evidence import source_forms as forms
from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.models import Claim, IdentityRecord, Source, Statement
from editorial.policy import access
from editorial.policy.access import Decision, Verb
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core.actions import Refused
from editorial.workflow.evidence import sources
from editorial.workflow.review import impact


def _known(row: Source) -> Decision:
    return Decision(row.merged_into_id is None)


ON_A_SOURCE = (
    VerbButton(
        verb=Verb.SOURCE_RATE,
        call=sources.rate,
        row_as="source_id",
        form=forms.Rate,
        label="Rate",
        icon="grade",
        tone="primary",
        done="Rated. Every claim it speaks on is being assessed anew.",
        stands=_known,
    ),
    VerbButton(
        verb=Verb.SOURCE_AUTHENTICATE,
        call=sources.authenticate,
        row_as="source_id",
        form=forms.Authenticate,
        label="Authenticate",
        icon="verified_user",
        tone="primary",
        done="Authenticated. Every claim it speaks on is being assessed anew.",
        stands=lambda row: Decision(row.type == SourceType.DOCUMENT and not row.authenticated and bool(_known(row))),
    ),
    VerbButton(
        verb=Verb.SOURCE_RECOGNISE,
        call=sources.recognise,
        row_as="source_id",
        form=forms.Recognise,
        label="Make recognisable",
        icon="fingerprint",
        done="Noted. If this person speaks unnamed as well, that is one voice now.",
        stands=lambda row: Decision(row.type == SourceType.PERSON and not row.unnamed and bool(_known(row))),
    ),
    VerbButton(
        verb=Verb.SOURCE_VOUCH,
        call=sources.vouch,
        row_as="source_id",
        form=forms.Vouch,
        label="Vouch: I know who it is",
        icon="handshake",
        tone="primary",
        done="Noted. An editor knows this source.",
        stands=lambda row: Decision(row.unnamed and not row.editor_knows and bool(_known(row))),
    ),
    VerbButton(
        verb=Verb.SOURCE_REVISE,
        call=sources.revise,
        row_as="source_id",
        form=forms.Revise,
        label="Revise",
        icon="edit",
        done="Revised. Every claim it speaks on is being assessed anew.",
        stands=_known,
    ),
    VerbButton(
        verb=Verb.SOURCE_PROTECT,
        call=sources.protect,
        row_as="source_id",
        form=forms.Protect,
        label="Protect the name",
        icon="lock",
        about="The name goes into the vault, and a description takes its place everywhere.",
        done="Protected. The name is in the vault, and nowhere else.",
        stands=lambda row: Decision(row.type == SourceType.PERSON and bool(_known(row))),
    ),
    VerbButton(
        verb=Verb.SOURCE_MERGE,
        call=sources.merge,
        row_as="source_id",
        form=forms.Merge,
        label="Same as another",
        icon="merge",
        done="Merged. Both count as one voice from now on.",
        stands=_known,
        lands=lambda row, into: into,
    ),
    VerbButton(
        verb=Verb.SOURCE_UNMASK,
        call=sources.unmask,
        row_as="source_id",
        form=forms.Unmask,
        label="Look into the vault",
        icon="key",
        tone="danger",
        stands=lambda row: Decision(row.unnamed and bool(row.key)),
        shows="editorial/evidence/unmasked.html",
    ),
)


REGISTER = VerbButton(
    verb=Verb.SOURCE_REGISTER,
    call=sources.register,
    form=forms.Register,
    label="Register a source",
    icon="person_add",
    tone="primary",
    done="Registered.",
    lands=lambda row, source: source,
)


@admin.register(Source)
class SourceAdmin(Page):
    """Sources by name."""

    buttons = ON_A_SOURCE
    list_buttons = (REGISTER,)
    list_display = (
        columns.start("name", "Source", 80),
        columns.word("type", "Type"),
        columns.word("reliability", "Rated"),
        columns.yes("unnamed", "Unnamed", "unnamed", "unnamed"),
        "desk",
        columns.since("registered_at", "Registered"),
    )
    list_filter = ("type", "reliability", "unnamed", "editor_knows", "authenticated", "desk")
    list_select_related = ("desk",)
    search_fields = ("name", "camp")
    page_template = "editorial/evidence/source.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the sources it is tied to."""
        rows: QuerySet[Any] = super().get_queryset(request)
        ties = ("desk", "org", "speaks_for", "parent", "author", "issuer", "merged_into", "registered_by")
        return rows.select_related(*ties)

    def beside(self, request: HttpRequest, button: VerbButton, row: Any) -> dict[str, Any]:
        """Whoever is about to find two sources to be one sees what would fall, once they have said which."""
        other = request.GET.get("into_id", "")
        if row is None or button.verb is not Verb.SOURCE_MERGE:
            return {}
        if not other:
            look = forms.Look(actor=request_user.person(request), row=row, auto_id="look_%s")
            return {"template": "editorial/review/impact_panel.html", "look": look}
        try:
            person, now = request_user.person(request), timezone.now()
            supposed = impact.merged(source_id=row.pk, into_id=other, actor=person, now=now)
        except Refused as refusal:
            return {"template": "editorial/review/impact_panel.html", "refusal": str(refusal)}
        return {"template": "editorial/review/impact_panel.html", "supposed": supposed}

    def fill(self, request: HttpRequest, row: Source) -> dict[str, Any]:
        """What it is, whom it is tied to, and what it said where this person may see it."""
        actor = request_user.facts(request)
        claims: Any = Claim.objects.all()
        statements: Any = Statement.objects.all()
        said = statements.visible_to(actor).filter(source=row)
        return {
            "sealed": IdentityRecord.objects.filter(source=row).exists(),
            "ties": [
                (label, tie)
                for label, tie in (
                    ("Employer", row.org),
                    ("Speaks for", row.speaks_for),
                    ("Owner", row.parent),
                    ("Author", row.author),
                    ("Issuer", row.issuer),
                    ("Merged into", row.merged_into),
                )
                if tie is not None and access.may(actor, Verb.SEE, tie.access_facts())
            ],
            "settles": row.authority.filter(claim__in=claims.visible_to(actor)).select_related("claim"),
            "said": said.select_related("claim").order_by("-recorded_at")[:50],
            "accused_by": claims.visible_to(actor).filter(adverse_to=row)[:20],
            "events": history.of(row),
        }
