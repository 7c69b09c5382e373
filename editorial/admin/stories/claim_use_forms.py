"""How a story uses claims, as rows of a form: claim, mode, and what the copy openly leans on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from editorial.admin.framework import fields
from editorial.admin.framework.fields import Number, Pick, Word, YesNo
from editorial.models import ClaimPart, ClaimUse, Statement, Story, User
from editorial.policy.vocabulary import Mode

_SPARE = 3


class UseRow(forms.Form):
    """One claim in the story. A row without a claim is no use at all."""

    claim = Pick("Claim", (ClaimUse, "claim"), required=False)
    mode = Word("Used as", Mode, nothing="Choose …")
    central = YesNo("Central: the story falls if it does", initial=True)
    says_sources = Number("Sources the copy says it has", least=1, most=99, required=False)
    relies = forms.MultipleChoiceField(
        label="Openly leans on",
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget(attrs={"data-width": "100%"}),
        help_text="Statements that the copy names, beyond those that count.",
    )
    leave_out = YesNo("No longer used")

    def __init__(self, *given: Any, actor: User, statements: Mapping[str, list[Statement]], **options: Any) -> None:
        super().__init__(*given, **options)
        fields.offer_what_is_seen(self.fields["claim"], actor)
        relies: Any = self.fields["relies"]
        known = statements.get(str(self.initial.get("claim", "")), [])
        relies.choices = [(str(one.pk), f"{one.source}: {one}") for one in known]
        self.fresh = not self.initial
        self.reads = str(self.initial.get("reads", ""))
        if self.fresh:
            del self.fields["relies"], self.fields["leave_out"]

    def clean(self) -> dict[str, Any]:
        """A claim needs a mode."""
        found = super().clean() or {}
        if found.get("claim") and not found.get("mode") and not found.get("leave_out"):
            self.add_error("mode", "Say how the story uses this claim.")
        return found


class UseRows(forms.BaseFormSet):
    """All of them."""

    @classmethod
    def of(cls, story: Story, *, actor: User, data: Any) -> UseRows:
        """The uses of the story as they stand, with some empty rows beneath."""
        uses = list(story.uses.order_by("id").select_related("claim").prefetch_related("reliances"))
        initial = [
            {
                "claim": use.claim_id,
                "reads": use.claim.text,
                "mode": use.mode,
                "central": use.central,
                "says_sources": use.says_sources,
                "relies": [str(one.statement_id) for one in use.reliances.all()],
            }
            for use in uses
        ]
        rows = forms.formset_factory(UseRow, formset=cls, extra=_SPARE, max_num=200)
        given = {"actor": actor, "statements": _statements([use.claim_id for use in uses])}
        return rows(data, prefix="uses", initial=initial, form_kwargs=given)  # type: ignore[return-value]

    def uses(self) -> list[dict[str, Any]]:
        """What was filled in, as the verb takes it."""
        return [
            {
                "claim": str(row["claim"].pk),
                "mode": row["mode"],
                "central": row["central"],
                "says_sources": row["says_sources"],
            }
            | ({"relies": row["relies"]} if "relies" in row else {})
            for row in (form.cleaned_data for form in self.forms)
            if row.get("claim") and not row.get("leave_out")
        ]


def _statements(claims: list[Any]) -> dict[str, list[Statement]]:
    """Claim → the statements on it or on its parts."""
    whole = {str(part): str(of) for of, part in ClaimPart.objects.filter(whole__in=claims).values_list("whole", "part")}
    found: dict[str, list[Statement]] = defaultdict(list)
    for one in Statement.objects.filter(claim__in=[*claims, *whole]).select_related("source"):
        found[str(one.claim_id)].append(one)
        if str(one.claim_id) in whole:
            found[whole[str(one.claim_id)]].append(one)
    return found
