"""What the verbs on sources ask for."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.action_forms import RevisingForm, VerbForm
from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Pick, PickSeveral, Prose, Reason, Secret, Text, Word, YesNo
from editorial.models import Source
from editorial.models.evidence.sources import AuthorityOver, Effect
from editorial.policy.access import Verb
from editorial.policy.vocabulary import Gains, Reliability, SourceType

_VAULT = "Goes into the vault, encrypted. It is shown to nobody here, and has to be typed again if the form comes back."
_KNOWN_BY = "What tells this person from a namesake: a birth date, a number, an address. Vault too."
_DESCRIPTION = "of an unnamed source a description that does not identify, such as “a sluice engineer”"


class _WhatItIs(VerbForm):
    """The fields of a source, new or known."""

    name = Text("Name", help_text=f"As readers may know it; {_DESCRIPTION}.")
    description = Prose("How it knows", rows=2, required=False, help_text="Not weighed; must not identify.")
    gains = Word("Gains", Gains, nothing="Not stated", help_text="An accused party gains from disbelief by itself.")
    org = Pick("Employer", (Source, "org"), required=False)
    speaks_for = Pick("Speaks for", (Source, "speaks_for"), required=False, help_text="Spokesperson, lawyer, agent.")
    parent = Pick("Owner", (Source, "parent"), required=False)
    camp = Text("Camp", most=80, required=False, help_text="A side it stands on.")
    author = Pick("Author", (Source, "author"), required=False, help_text="Documents only.")
    issuer = Pick("Issuer", (Source, "issuer"), required=False, help_text="Documents only.")
    establishes = PickSeveral(
        "Establishes", (AuthorityOver, "claim"), required=False, help_text="Claims a document or observation settles."
    )
    contradicts = PickSeveral("Contradicts", (AuthorityOver, "claim"), required=False)

    seldom = ("parent", "camp", "author", "issuer", "establishes", "contradicts")


class Register(_WhatItIs, AtADesk):
    """A new source."""

    verb = Verb.SOURCE_REGISTER

    type = Word("Type", SourceType)
    unnamed = YesNo("Unnamed: the name must not appear")
    identity_name = Secret("Real name", required=False, help_text=_VAULT)
    identity_known_by = Secret("Known by", required=False, help_text=_KNOWN_BY)

    field_order = ("type", "name", "unnamed", "identity_name", "identity_known_by", "description", "desk_id")


class Revise(RevisingForm, _WhatItIs):
    """A source, put right."""

    @classmethod
    def starts_with(cls, row: Source) -> dict[str, Any]:
        """The source as it stands."""
        settles = list(row.authority.values_list("effect", "claim_id"))
        return (
            super().starts_with(row)
            | {name: getattr(row, name) for name in ("name", "description", "gains", "camp")}
            | {name: getattr(row, f"{name}_id") for name in ("org", "speaks_for", "parent", "author", "issuer")}
            | {effect.value: [claim for which, claim in settles if which == effect] for effect in Effect}
        )

    def prepare(self) -> None:
        """What does not fit the type is not asked for."""
        row: Source = self.row
        if row.type != SourceType.DOCUMENT:
            del self.fields["author"], self.fields["issuer"]
        if row.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
            del self.fields["establishes"], self.fields["contradicts"]


class Rate(VerbForm):
    """How reliable."""

    reliability = Word("Reliability", Reliability)
    reason = Reason(required=False, help_text="What the rating rests on.")

    @classmethod
    def starts_with(cls, row: Source) -> dict[str, Any]:
        """The rating it has."""
        return {"reliability": row.reliability}


class Authenticate(VerbForm):
    """How it was shown to be genuine."""

    reason = Reason("How it was authenticated")


class Protect(VerbForm):
    """A description for the pages, and a name for the vault."""

    name = Text("Description for the pages", help_text="Does not identify, such as “a sluice engineer”.")
    identity_name = Secret("Real name", help_text=_VAULT)
    identity_known_by = Secret("Known by", help_text=_KNOWN_BY)


class Recognise(VerbForm):
    """Who a named person is; only a token of it is kept."""

    identity_name = Secret("Real name", help_text="As it would go into the vault. Only a token of it is kept.")
    identity_known_by = Secret("Known by", help_text=_KNOWN_BY)


class Vouch(VerbForm):
    """How the editor knows."""

    reason = Reason("How you know who it is", help_text="Without the name.")


class Unmask(VerbForm):
    """Why somebody has to know."""

    reason = Reason("Why you have to know", help_text="The look and this reason are recorded, and custodians are told.")


class Look(VerbForm):
    """Which source it might be the same as, only to see what would follow."""

    into_id = Pick("If it were the same as", (Source, "merged_into"))


class Merge(VerbForm):
    """The source that stays."""

    into_id = Pick("It is the same as", (Source, "merged_into"))
    reason = Reason("How it was found out", help_text="Without a confidential name.")
