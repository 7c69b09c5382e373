"""Claim uses of a story as form rows: claim, mode, and statements that the copy relies on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from editorial.admin.framework import fields
from editorial.admin.framework.fields import AutocompleteField, CheckboxField, ChoiceField, NumberField
from editorial.models import ClaimUse, CompoundMember, Statement, Story, User
from editorial.policy.vocabulary import Mode

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

    def __init__(self, *given: Any, actor: User, statements: Mapping[str, list[Statement]], **options: Any) -> None:
        super().__init__(*given, **options)
        fields.limit_to_visible(self.fields["claim"], actor)
        relies_on: Any = self.fields["relies_on"]
        known = statements.get(str(self.initial.get("claim", "")), [])
        relies_on.choices = [(str(one.pk), f"{one.source}: {one}") for one in known]
        self.is_new = not self.initial
        self.claim_text = str(self.initial.get("reads", ""))
        if self.is_new:
            del self.fields["relies_on"], self.fields["remove_use"]

    def clean(self) -> dict[str, Any]:
        """A claim requires a mode."""
        found = super().clean() or {}
        if found.get("claim") and not found.get("mode") and not found.get("remove_use"):
            self.add_error("mode", "Choose how the story uses this claim.")
        return found


class ClaimUseFormSet(forms.BaseFormSet):
    @classmethod
    def for_story(cls, story: Story, *, actor: User, data: Any) -> ClaimUseFormSet:
        """The story's present uses, followed by empty rows."""
        uses = list(story.uses.order_by("id").select_related("claim").prefetch_related("evidence_links"))
        initial = [
            {
                "claim": use.claim_id,
                "reads": use.claim.text,
                "mode": use.mode,
                "central": use.central,
                "stated_source_count": use.stated_source_count,
                "relies_on": [str(one.statement_id) for one in use.evidence_links.all()],
            }
            for use in uses
        ]
        rows = forms.formset_factory(ClaimUseForm, formset=cls, extra=_EXTRA_ROWS, max_num=200)
        given = {"actor": actor, "statements": _statements_by_claim([use.claim_id for use in uses])}
        return rows(data, prefix="uses", initial=initial, form_kwargs=given)  # type: ignore[return-value]

    def cleaned_uses(self) -> list[dict[str, Any]]:
        """The uses as the handler expects them."""
        return [
            {
                "claim": str(row["claim"].pk),
                "mode": row["mode"],
                "central": row["central"],
                "stated_source_count": row["stated_source_count"],
            }
            | ({"relies_on": row["relies_on"]} if "relies_on" in row else {})
            for row in (form.cleaned_data for form in self.forms)
            if row.get("claim") and not row.get("remove_use")
        ]


def _statements_by_claim(claims: list[Any]) -> dict[str, list[Statement]]:
    """Claim → statements on it or on its parts."""
    whole = {
        str(part): str(of)
        for of, part in CompoundMember.objects.filter(compound__in=claims).values_list("compound", "member")
    }
    found: dict[str, list[Statement]] = defaultdict(list)
    for one in Statement.objects.filter(claim__in=[*claims, *whole]).select_related("source"):
        found[str(one.claim_id)].append(one)
        if str(one.claim_id) in whole:
            found[whole[str(one.claim_id)]].append(one)
    return found
