"""A button for an action: its handler, its form and when it is available. `action_views` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import getdoc
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from editorial.admin.framework.action_forms import ActionForm
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, SubjectFacts
from editorial.policy.actions import Action

Tone = Literal["primary", "plain", "danger"]


def access_facts_of(row: Any) -> SubjectFacts:
    """The row's facts for the access check."""
    facts: SubjectFacts = row.access_facts()
    return facts


def claim_access_facts(row: Any) -> SubjectFacts:
    """The access facts of the claim that a statement, sign-off or task belongs to."""
    return access_facts_of(row.claim)


@dataclass(frozen=True, kw_only=True)
class ActionButton:
    """One way to act from a page.

    `pk_kwarg`: the keyword by which the handler takes the page's row (None: it takes none). `subject`: the row's facts
    for the access check. `available`: whether the row's state allows the action. `denies`: why this user may not run it
    on this row, although their role allows it. `allowed_without_row`: whether the user may run an action that takes no
    row. `extra_kwargs`: passed to the handler unchanged. `one_click`: runs without a form. `key`: presses it
    (static/editorial/keyboard.js). `redirect_to`: the row whose page comes next, from the row and the result.
    `result_template`: for a result that is shown once and not stored. `creates`: it returns a new row, and fields may
    offer it in a dialog.
    """

    action: Action
    handler: Callable[..., Any]
    label: str
    pk_kwarg: str | None = None
    form: type[ActionForm] = ActionForm
    extra_kwargs: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""
    icon: str = ""
    key: str = ""
    tone: Tone = "plain"
    help_text: str = ""
    one_click: bool = False
    success_message: str | Callable[[Any], str] = "Done."
    subject: Callable[[Any], SubjectFacts] = access_facts_of
    available: Callable[[Any], Decision] = lambda row: Decision(True)
    denies: Callable[[ActorFacts, Any], str | None] = lambda actor, row: None
    redirect_to: Callable[[Any, Any], Model | None] = lambda row, result: row
    allowed_without_row: Callable[[ActorFacts], Decision] | None = None
    result_template: str | None = None
    creates: bool = False

    @property
    def slug(self) -> str:
        """Its name in a URL."""
        return f"{self.action}.{self.variant}" if self.variant else self.action.value

    @property
    def description(self) -> str:
        """The help text, or else the first paragraph of the handler's docstring."""
        return self.help_text or (getdoc(self.handler) or "").split("\n\n")[0].replace("\n", " ")

    def get_success_message(self, result: Any) -> str:
        """The message after the action."""
        return self.success_message if isinstance(self.success_message, str) else self.success_message(result)

    def allows(self, actor: ActorFacts, row: Any, subject: SubjectFacts | None = None) -> Decision:
        """Whether the user may run the action on this row, whose facts are `subject`, if already known."""
        if row is None:
            return self.allows_without_row(actor)
        decision = access.may(actor, self.action, subject or self.subject(row))
        denial = self.denies(actor, row) if decision else None
        return Decision(False, (denial,)) if denial else decision

    def allows_without_row(self, actor: ActorFacts) -> Decision:
        """Whether the user may run the action at any desk: for actions that take no row."""
        if self.allowed_without_row:
            return self.allowed_without_row(actor)
        desks = frozenset(desk for _, desk in actor.memberships if desk)
        return access.may(actor, self.action, SubjectFacts(desks=desks))

    def get_url(self, row: Model | None, page: type[Model], query: Mapping[str, str]) -> str:
        name = f"admin:editorial_{page._meta.model_name}_action"
        path = reverse(name, args=[row.pk, self.slug]) if row else reverse(f"{name}_new", args=[self.slug])
        return f"{path}?{urlencode(query)}" if query else path


def create_button(**options: Any) -> ActionButton:
    """A button of a list that creates a row and leads to its page."""
    return ActionButton(creates=True, tone="primary", redirect_to=lambda row, created: created, **options)


@dataclass(frozen=True)
class BoundButton:
    """A button on a page, for one user and one row: enabled, or disabled with the reason.

    `initial` prefills the form; a one-click button submits it.
    """

    button: ActionButton
    url: str
    decision: Decision
    initial: Mapping[str, str] = field(default_factory=dict)

    @property
    def denial_reason(self) -> str:
        """Why it is disabled."""
        return " ".join(self.decision.reasons)


def bind_buttons(
    buttons: Iterable[ActionButton],
    row: Any,
    actor: ActorFacts,
    *,
    page: type[Model] | None = None,
    subject: SubjectFacts | None = None,
    query: Mapping[str, str] | None = None,
) -> list[BoundButton]:
    """The buttons that are available for the row, each with whether the user may press it.

    The facts for the access check (`subject`, if already known) are read once for all of them.
    """
    initial, facts = query or {}, cache(lambda read_facts: subject or read_facts(row))
    bound_buttons = []
    for button in buttons:
        if row is None:
            decision = button.allows_without_row(actor)
        elif button.available(row):
            decision = button.allows(actor, row, facts(button.subject))
        else:
            continue
        bound_buttons.append(BoundButton(button, button.get_url(row, page or type(row), initial), decision, initial))
    return bound_buttons


def by_slug(buttons: Iterable[BoundButton]) -> dict[str, BoundButton]:
    """Buttons by slug with underscores, for templates."""
    return {bound.button.slug.replace(".", "_"): bound for bound in buttons}
