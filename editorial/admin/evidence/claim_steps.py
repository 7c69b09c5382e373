"""What a claim still needs, each with the buttons that provide it: what is missing, whom to ask, what to sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from editorial.admin.claim_basis.view import AccusedParty
from editorial.admin.framework.action_buttons import BoundButton
from editorial.admin.review.task_brief import BriefSection
from editorial.models import Assessment, ReviewTask
from editorial.policy.review import explain
from editorial.policy.vocabulary import Requirement, TaskKind
from editorial.workflow.evidence.speakers import Speakers

_TASK_OF = {
    Requirement.GROUPS: TaskKind.SEEK_INDEPENDENT,
    Requirement.FIRST_HAND: TaskKind.SEEK_FIRST_HAND,
    Requirement.NAMED: TaskKind.SEEK_NAMED,
    Requirement.DISINTERESTED: TaskKind.SEEK_DISINTERESTED,
    Requirement.RATED: TaskKind.ASSESS_SOURCE,
}
_SIGN = "The finding takes effect only once it is signed."


@dataclass(frozen=True, slots=True)
class Step:
    """Something missing, and the buttons that help. `task`: the open task about it, if there is one."""

    text: str
    buttons: list[tuple[str, BoundButton]]
    task: ReviewTask | None = None


def steps(
    latest: Assessment | None,
    parties: Iterable[AccusedParty],
    brief: Iterable[BriefSection],
    buttons: Mapping[str, BoundButton],
    speakers: Speakers,
) -> list[Step]:
    """What is missing, the parties that must be asked, and the signature. `buttons`: of the claim, by slug."""
    return [*_requirements(latest, brief, buttons), *_to_ask(parties, buttons, speakers), *_to_sign(buttons)]


def _requirements(
    latest: Assessment | None, brief: Iterable[BriefSection], buttons: Mapping[str, BoundButton]
) -> Iterator[Step]:
    tasks = {
        TaskKind(task.kind): (task, bound)
        for section in brief
        for line in section.lines
        for task, bound in reversed(line.tasks)
    }
    record = buttons.get("statement_record")
    for number, missing in enumerate(latest.missing if latest else ()):
        kind = _TASK_OF[Requirement(missing["requirement"])]
        task, take = tasks.get(kind, (None, []))
        offered = [("Take this task", bound) for bound in take]
        if number == 0 and record and record.decision.allowed:
            offered.append(("Record a statement", record))
        yield Step(explain.missing_requirement(**missing), offered, task)


def _to_ask(parties: Iterable[AccusedParty], buttons: Mapping[str, BoundButton], speakers: Speakers) -> Iterator[Step]:
    send = buttons.get("reply_send")
    for party in parties:
        if party.must_be_asked:
            may_ask = send and send.decision.allowed and party.visible
            offered = [("Ask them now", _with(send, to_id=party.source.pk))] if send and may_ask else []
            yield Step(f"{speakers.label(party.source)}: {party.status_text}", offered)


def _to_sign(buttons: Mapping[str, BoundButton]) -> Iterator[Step]:
    propose = buttons.get("signoff_propose")
    if propose and propose.decision.allowed:
        yield Step(_SIGN, [(propose.button.label, propose)])


def _with(bound: BoundButton, **query: Any) -> BoundButton:
    """The button, with fields of its form filled in."""
    return replace(bound, url=f"{bound.url}?{urlencode(query)}")
