"""A button for a verb: what it calls, what it asks for, when it is offered. Declared; `acting.py` does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from editorial.admin.framework.action_forms import ActionForm
from editorial.policy import access
from editorial.policy.access import Action, ActorFacts, Decision, SubjectFacts

Tone = Literal["primary", "plain", "danger"]


def access_facts_of(row: Any) -> SubjectFacts:
    """What access needs to know of a row, which tells it itself."""
    facts: SubjectFacts = row.access_facts()
    return facts


@dataclass(frozen=True, kw_only=True)
class ActionButton:
    """One way to act from a page.

    `pk_kwarg` is the keyword by which the verb takes the page's row (None: it takes none). `subject` tells access whose
    it is, `stands` whether the state of the row has room for it, `anywhere` (where it takes no row) whether this person
    may do it at all. `fixed` goes along as it is. `at_once`: nothing to ask
    and nothing to think over, one click does it. `lands`: the row whose page comes next, from the row and the result.
    `shows`: a template for a result that is shown once and kept nowhere.
    """

    action: Action
    handler: Callable[..., Any]
    label: str
    pk_kwarg: str | None = None
    form: type[ActionForm] = ActionForm
    extra_kwargs: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""
    icon: str = ""
    tone: Tone = "plain"
    help_text: str = ""
    one_click: bool = False
    success_message: str | Callable[[Any], str] = "Done."
    subject: Callable[[Any], SubjectFacts] = access_facts_of
    available: Callable[[Any], Decision] = lambda row: Decision(True)
    redirect_to: Callable[[Any, Any], Model | None] = lambda row, result: row
    allowed_without_row: Callable[[ActorFacts], Decision] | None = None
    result_template: str | None = None

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return f"{self.action}.{self.variant}" if self.variant else self.action.value

    @property
    def description(self) -> str:
        """What it does, in the words of the verb itself unless the page has better ones."""
        return self.help_text or (getdoc(self.handler) or "").split("\n\n")[0].replace("\n", " ")

    def get_success_message(self, result: Any) -> str:
        """What is said once it is done."""
        return self.success_message if isinstance(self.success_message, str) else self.success_message(result)

    def allows(self, actor: ActorFacts, row: Any) -> Decision:
        """Whether this person may do it to this row."""
        if row is None:
            return self.allows_without_row(actor)
        return access.may(actor, self.action, self.subject(row))

    def allows_without_row(self, actor: ActorFacts) -> Decision:
        """Whether they may do it at any desk at all: for what begins without a row."""
        if self.allowed_without_row:
            return self.allowed_without_row(actor)
        desks = frozenset(desk for _, desk in actor.memberships if desk)
        return access.may(actor, self.action, SubjectFacts(desks=desks))

    def get_url(self, row: Model | None, page: type[Model], query: Mapping[str, str]) -> str:
        """Where its form is."""
        name = f"admin:editorial_{page._meta.model_name}"
        path = reverse(f"{name}_do", args=[row.pk, self.slug]) if row else reverse(f"{name}_do_new", args=[self.slug])
        return f"{path}?{urlencode(query)}" if query else path


@dataclass(frozen=True)
class BoundButton:
    """A button on a page, for one person and one row: to be pressed, or greyed out with the reason.

    `given` is what its form begins with; a button that acts at once sends it along.
    """

    button: ActionButton
    url: str
    decision: Decision
    initial: Mapping[str, str] = field(default_factory=dict)

    @property
    def denial_reason(self) -> str:
        """Why it is greyed out."""
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
    """The buttons that the row's state has room for, each with whether this person may press it.

    What access needs to know of the row (`subject`, where it is known already) is read once for all of them.
    """
    asked: dict[Any, SubjectFacts] = {}
    found = []
    for button in buttons:
        if row is not None and not button.available(row):
            continue
        if row is None:
            decision = button.allows_without_row(actor)
        else:
            if button.subject not in asked:
                asked[button.subject] = subject or button.subject(row)
            decision = access.may(actor, button.action, asked[button.subject])
        where = type(row) if page is None else page
        found.append(BoundButton(button, button.get_url(row, where, query or {}), decision, query or {}))
    return found


def by_slug(buttons: Iterable[BoundButton]) -> dict[str, BoundButton]:
    """Offers by their names with underscores, as templates can ask for them."""
    return {offer.button.slug.replace(".", "_"): offer for offer in buttons}
