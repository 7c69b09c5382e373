"""Claim uses of a story as form rows: claim, mode, and statements that the copy relies on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from editorial.admin.framework import fields, labels
from editorial.admin.framework.fields import AutocompleteField, CheckboxField, ChoiceField, NumberField
from editorial.models import ClaimUse, CompoundMember, Statement, Story, User
from editorial.policy.vocabulary import LABELS, Mode

_EXTRA_ROWS = 3


class ClaimUseForm(forms.Form):
    """One claim in the story. A row without a claim is ignored."""

    claim = AutocompleteField("Claim", (ClaimUse, "claim"), required=False)
    mode = ChoiceField("Used as", Mode, empty_label="Choose …")
    central = CheckboxField("Central: the story falls if it does", initial=True)
    stated_source_count = NumberField("Number of sources stated in the copy", min_value=1, max_value=99, required=False)
    relies_on = forms.MultipleChoiceField(
        label="Openly relies on",
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget(attrs={"data-width": "100%"}),
        help_text="Statements that the copy cites in addition to those that count.",
    )
    remove_use = CheckboxField("Remove this use")

    def __init__(self, *args: Any, actor: User, statements: Mapping[str, list[Statement]], **options: Any) -> None:
        super().__init__(*args, **options)
        fields.limit_to_visible(self.fields["claim"], actor)
        relies_on: Any = self.fields["relies_on"]
        relies_on.choices = [
            (str(statement.pk), f"{labels.source_label(statement.source)}: {statement}")
            for statement in statements.get(str(self.initial.get("claim", "")), [])
        ]
        self.is_new = not self.initial
        self.claim_text = str(self.initial.get("claim_text", ""))
        if self.is_new:
            del self.fields["relies_on"], self.fields["remove_use"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("claim") and not data.get("mode") and not data.get("remove_use"):
            self.add_error("mode", "Choose how the story uses this claim.")
        return data


class ClaimUseFormSet(forms.BaseFormSet):
    @classmethod
    def for_story(cls, story: Story, *, actor: User, data: Any) -> ClaimUseFormSet:
        """The story's present uses, followed by empty rows."""
        uses = list(story.uses.order_by("id").select_related("claim").prefetch_related("evidence_links"))
        initial = [
            {
                "claim": use.claim_id,
                "claim_text": use.claim.text,
                "mode": use.mode,
                "central": use.central,
                "stated_source_count": use.stated_source_count,
                "relies_on": [str(link.statement_id) for link in use.evidence_links.all()],
            }
            for use in uses
        ]
        rows = forms.formset_factory(ClaimUseForm, formset=cls, extra=_EXTRA_ROWS, max_num=200)
        form_kwargs = {"actor": actor, "statements": _statements_by_claim([use.claim_id for use in uses])}
        return rows(data, prefix="uses", initial=initial, form_kwargs=form_kwargs)  # type: ignore[return-value]

    def cleaned_uses(self) -> list[dict[str, Any]]:
        """The uses as the handler expects them."""
        return [
            {name: value for name, value in data.items() if name != "remove_use"} | {"claim": str(data["claim"].pk)}
            for data in (form.cleaned_data for form in self.forms)
            if data.get("claim") and not data.get("remove_use")
        ]

    def shown_uses(self) -> list[str]:
        """The story's present uses, each as one text."""
        return sorted(_as_text(form.initial) for form in self.forms if form.initial)

    def typed_uses(self) -> list[str]:
        """The submitted uses, each as one text."""
        return sorted(map(_as_text, self.cleaned_uses()))

    def words_of(self, uses: list[str]) -> str:
        """Uses as people read them, one to a line. Claims of neither the story nor the user's desks have no words."""
        rows = list(filter(None, map(_from_text, uses)))
        offered = fields.rows_among(self.empty_form.fields["claim"], [row[0] for row in rows])
        texts = {str(claim.pk): claim.text for claim in offered}
        texts |= {str(form.initial["claim"]): form.claim_text for form in self.forms if form.initial}
        return "\n".join(
            f"{texts.get(claim, '')} – {LABELS.get(mode, mode).lower()}{', central' if central else ''}"
            f"{f', states {count} sources' if count else ''}{f', relies on {len(relied)} statements' if relied else ''}"
            for claim, mode, central, count, relied in rows
        )

    def write_shown(self, data: QueryDict) -> None:
        """Replace the uses in a submission by the story's present ones."""
        for name in [name for name in data if name.startswith("uses-")]:
            del data[name]
        present = [form for form in self.forms if form.initial]
        data |= {"uses-TOTAL_FORMS": str(len(self.forms)), "uses-INITIAL_FORMS": str(len(present))}
        for form in present:
            for name, value in form.initial.items():
                if value not in (None, False, []):
                    data.setlist(
                        form.add_prefix(name), [str(each) for each in value] if name == "relies_on" else [value]
                    )


def _as_text(use: Mapping[str, Any]) -> str:
    relied = sorted(map(str, use.get("relies_on") or ()))
    return json.dumps([str(use["claim"]), use["mode"], bool(use["central"]), use.get("stated_source_count"), relied])


def _from_text(text: str) -> tuple[str, str, bool, int | None, list[str]] | None:
    """What `_as_text` made; nothing of a text that somebody else made."""
    try:
        claim, mode, central, count, relied = json.loads(text)
        return str(claim), str(mode), bool(central), count, list(relied)
    except (ValueError, TypeError):
        return None


def _statements_by_claim(claim_ids: list[Any]) -> dict[str, list[Statement]]:
    """Claim → statements on it or on its parts."""
    members = CompoundMember.objects.filter(compound__in=claim_ids).values_list("member", "compound")
    compound_of = {str(member): str(compound) for member, compound in members}
    statements: dict[str, list[Statement]] = defaultdict(list)
    for statement in Statement.objects.filter(claim__in=[*claim_ids, *compound_of], struck_at=None).select_related(
        "source"
    ):
        claim_id = str(statement.claim_id)
        statements[claim_id].append(statement)
        if claim_id in compound_of:
            statements[compound_of[claim_id]].append(statement)
    return statements
