"""A claim's open review tasks as one brief: by who has them, with one line for each question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db.models import Case, Q, When

from editorial.admin.framework.action_buttons import BoundButton, bind_buttons
from editorial.admin.review import task_subjects
from editorial.admin.review.task_buttons import ASSIGN_MANY, TAKE
from editorial.models import Claim, ReviewTask, User
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy import access
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import TaskKind
from editorial.workflow.review import task_offers

_TAKE = replace(TAKE, tone="plain", key="")  # the key is for the task of the page
_MAX_LISTED = 8  # tasks of one question
_YOURS, _TO_TAKE, _WITH_OTHERS, _FOR_OTHERS = "Yours", "To take", "With others", "For others to take"


@dataclass(slots=True)
class BriefLine:
    """A question, with its tasks – one for each statement or source it is about – and the buttons to take them."""

    question: str
    queue: str
    max_listed: int | None
    tasks: list[tuple[ReviewTask, list[BoundButton]]] = field(default_factory=list)

    @property
    def listed(self) -> list[tuple[ReviewTask, list[BoundButton]]]:
        return self.tasks[: self.max_listed]

    @property
    def unlisted_count(self) -> int:
        return len(self.tasks) - len(self.listed)


@dataclass(slots=True)
class BriefSection:
    """The questions of one group of people."""

    label: str
    lines: list[BriefLine]

    @property
    def task_count(self) -> int:
        return sum(len(line.tasks) for line in self.lines)


def brief_of(
    claim: Claim,
    user: User,
    actor: ActorFacts,
    *,
    facts: SubjectFacts,
    without: ReviewTask | None = None,
    limit: int | None = None,
) -> list[BriefSection]:
    """The sections that are not empty, the user's own first; in each the most urgent question first.

    `facts`: those of the claim. `limit`: how many tasks, the user's own and then the most urgent ones; without it,
    every line lists all of its tasks.
    """
    own_first = Case(When(Q(taken_by=user) | Q(assigned_to=user), then=0), default=1)
    rows = claim.tasks.filter(state__in=LIVE_STATES).select_related("taken_by", "assigned_to")
    rows = rows.order_by(own_first, "-urgency", "due_at", "id")
    rows = rows.exclude(pk=without.pk) if without else rows
    live = task_subjects.with_subject_names(rows[:limit], actor)
    doable = task_offers.doable_by(user, actor).filter(claim=claim)
    takeable = set(doable.values_list("pk", flat=True)) if live else set()
    lines: dict[str, dict[str, BriefLine]] = {label: {} for label in (_YOURS, _TO_TAKE, _WITH_OTHERS, _FOR_OTHERS)}
    max_listed = _MAX_LISTED if limit else None
    for task in live:
        about = replace(facts, task=TaskKind(task.kind))
        buttons = bind_buttons([_TAKE], task, actor, subject=about) if task.pk in takeable else []
        by_question = lines[_section_of(task, user, bool(buttons))]
        by_question.setdefault(task.question, BriefLine(task.question, task.queue, max_listed)).tasks.append(
            (task, buttons)
        )
    return [BriefSection(label, list(by_question.values())) for label, by_question in lines.items() if by_question]


def assign_button(claim: Claim, actor: ActorFacts, *, facts: SubjectFacts, back: str) -> BoundButton | None:
    """The button to assign the claim's open tasks, for those who may."""
    if not access.may(actor, Action.REVIEW_ASSIGN, facts):
        return None
    return bind_buttons([ASSIGN_MANY], None, actor, page=ReviewTask, query={"claim": str(claim.pk), "next": back})[0]


def _section_of(task: ReviewTask, user: User, takeable: bool) -> str:
    if task.holder_id:
        return _YOURS if task.holder_id == user.pk else _WITH_OTHERS
    return _TO_TAKE if takeable else _FOR_OTHERS
