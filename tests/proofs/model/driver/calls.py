"""How each action of the model is executed by the product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from editorial import tasks
from editorial.models import MessageKind, User
from editorial.policy.verification import thresholds
from editorial.workflow.evidence import (
    briefings,
    claims,
    exhibits,
    source_repairs,
    sources,
    statement_repairs,
    statements,
)
from editorial.workflow.evidence.confidentiality import sealing, unmasking, vault
from editorial.workflow.ops import scheduler
from editorial.workflow.review import policies, replies, signoffs
from editorial.workflow.review import tasks as workflow_tasks
from editorial.workflow.stories import desks, publication, returns, scheduled_corrections, stories
from tests.proofs.model.spec import background
from tests.proofs.model.spec import claims as of_claims
from tests.proofs.model.spec import publication as printing
from tests.proofs.model.spec import relays as of_relays
from tests.proofs.model.spec import replies as of_replies
from tests.proofs.model.spec import returns as of_returns
from tests.proofs.model.spec import review_tasks as of_reviews
from tests.proofs.model.spec import signoffs as of_signoffs
from tests.proofs.model.spec import sources as of_sources
from tests.proofs.model.spec import statements as of_statements
from tests.proofs.model.spec import stories as of_stories
from tests.proofs.model.spec.actions import Action

_TASKS = {
    MessageKind.ASSESS_CLAIM: tasks.assess_claim,
    MessageKind.REEVALUATE_STORY: tasks.reevaluate_story,
    MessageKind.NOTIFY: tasks.notify,
    MessageKind.COMPOSE_EMAILS: tasks.compose_emails,
    MessageKind.DELIVER: tasks.deliver,
    MessageKind.ERASE_OLD_ROWS: tasks.erase_old_rows,
}

# action → the product's function, and its argument names ("": only arguments that are renamed or computed)
_FUNCTIONS: dict[type[Action], tuple[Callable[..., Any], dict[str, str]]] = {
    of_stories.Pitch: (stories.pitch, {"desk": "desk_id", "body": "body"}),
    of_stories.Assign: (stories.assign, {"story": "story_id", "authors": "authors"}),
    of_stories.Revise: (
        stories.revise,
        {"story": "story_id", "body": "body", "uses": "uses", "version": "expected_version"},
    ),
    of_stories.Submit: (stories.submit, {"story": "story_id"}),
    of_stories.Clear: (stories.clear, {"story": "story_id"}),
    of_stories.ConfirmCondition: (
        stories.confirm_condition,
        {"story": "story_id", "claim": "claim_id", "code": "code"},
    ),
    of_stories.ConfirmNoClaims: (stories.confirm_no_claims, {"story": "story_id"}),
    of_stories.Override: (stories.override, {"story": "story_id", "code": "code", "reason": "reason"}),
    of_stories.Schedule: (stories.schedule, {"story": "story_id", "at": "at"}),
    of_stories.Spike: (stories.spike, {"story": "story_id", "reason": "reason"}),
    printing.Publish: (publication.publish, {"story": "story_id"}),
    printing.Correct: (publication.correct, {"story": "story_id", "reason": "text"}),
    printing.Withhold: (publication.withhold, {"story": "story_id", "reason": "reason"}),
    printing.Retract: (publication.retract, {"story": "story_id", "reason": "reason"}),
    of_returns.Unschedule: (returns.unschedule, {"story": "story_id"}),
    of_returns.SendBack: (returns.send_back, {"story": "story_id", "reason": "reason"}),
    of_returns.Unspike: (returns.unspike, {"story": "story_id", "reason": "reason"}),
    of_returns.Restore: (publication.restore, {"story": "story_id", "reason": "reason"}),
    of_returns.ScheduleCorrection: (
        scheduled_corrections.schedule_correction,
        {"story": "story_id", "reason": "text", "at": "at"},
    ),
    of_returns.CancelCorrection: (scheduled_corrections.cancel_correction, {"story": "story_id"}),
    of_returns.Move: (desks.move, {"story": "story_id", "desk": "desk_id", "reason": "reason"}),
    of_claims.File: (
        claims.file,
        {"desk": "desk_id", "kind": "kind", "risk": "risk", "text": "text", "adverse": "adverse_to"},
    ),
    of_claims.Revise: (
        claims.revise,
        {
            "claim": "claim_id",
            "text": "text",
            "kind": "kind",
            "risk": "risk",
            "adverse": "adverse_to",
            "version": "expected_version",
        },
    ),
    of_claims.Carry: (claims.carry, {"claim": "claim_id", "carries": "carries", "version": "expected_version"}),
    of_claims.Split: (claims.split, {"claim": "claim_id", "texts": "texts"}),
    of_claims.Merge: (claims.merge, {"claim": "claim_id", "into": "into_id"}),
    of_claims.Drop: (claims.drop, {"claim": "claim_id", "reason": "reason"}),
    of_statements.Record: (statements.record, {"claim": "claim_id", "source": "source_id"}),
    of_statements.Revise: (statements.revise, {"statement": "statement_id", "version": "expected_version"}),
    of_statements.Attach: (exhibits.attach, {"desk": "desk_id", "statement": "statement_id", "text": "text"}),
    of_statements.Reassign: (
        statement_repairs.reassign,
        {"statement": "statement_id", "source": "source_id", "reason": "reason"},
    ),
    of_statements.Reopen: (statement_repairs.reopen, {"statement": "statement_id", "reason": "reason"}),
    of_statements.Strike: (statement_repairs.strike, {"statement": "statement_id", "reason": "reason"}),
    of_statements.End: (
        statements.end,
        {"statement": "statement_id", "ended": "ended", "ended_by": "ended_by", "reason": "reason"},
    ),
    of_relays.Relay: (statements.relay, {"derived": "derived_id", "origin": "origin_id"}),
    of_relays.UndoRelay: (statements.undo_relay, {"relay": "relay_id", "reason": "reason"}),
    of_relays.Move: (statements.move, {"statement": "statement_id", "claim": "claim_id"}),
    of_sources.Register: (sources.register, {"desk": "desk_id"}),
    of_sources.Revise: (sources.revise, {"source": "source_id"}),
    of_sources.Rate: (sources.rate, {"source": "source_id"}),
    of_sources.Authenticate: (sources.authenticate, {"source": "source_id"}),
    of_sources.Protect: (sources.protect, {"source": "source_id"}),
    of_sources.ReplaceIdentity: (sealing.replace_identity, {"source": "source_id"}),
    of_sources.MatchIdentity: (sources.match_identity, {"source": "source_id"}),
    of_sources.Vouch: (sources.vouch, {"source": "source_id"}),
    of_sources.BreakGlass: (unmasking.break_glass, {"source": "source_id"}),
    of_sources.Merge: (sources.merge, {"source": "source_id", "into": "into_id"}),
    of_sources.Unmerge: (source_repairs.unmerge, {"source": "source_id", "reason": "reason"}),
    of_sources.RecordBriefing: (briefings.record, {"desk": "desk_id", "name": "name"}),
    of_replies.Send: (replies.send, {"to": "to_id", "deadline": "deadline_at"}),
    of_replies.Waive: (replies.waive, {"to": "to_id", "covers": "covers", "reason": "reason"}),
    of_replies.Answer: (
        replies.answer,
        {"request": "request_id", "outcome": "outcome", "respondent": "respondent_id", "why": "no_statement_reason"},
    ),
    of_reviews.TakeNext: (workflow_tasks.take_next, {}),
    of_reviews.Take: (workflow_tasks.take, {"task": "task_id"}),
    of_reviews.Extend: (workflow_tasks.extend, {"task": "task_id"}),
    of_reviews.Release: (workflow_tasks.release, {"task": "task_id"}),
    of_reviews.Finish: (workflow_tasks.finish, {"task": "task_id"}),
    of_signoffs.Propose: (signoffs.propose, {"claim": "claim_id"}),
    of_signoffs.Approve: (signoffs.approve, {"signoff": "signoff_id"}),
    of_signoffs.Reject: (signoffs.reject, {"signoff": "signoff_id", "reason": "reason"}),
    of_signoffs.ReadStandards: (signoffs.read_standards, {"claim": "claim_id"}),
    of_signoffs.ReadLegal: (signoffs.read_legal, {"claim": "claim_id"}),
    background.Adopt: (policies.adopt, {}),
}
# The listed arguments are passed on unchanged; others are the model's own.
_UNCHANGED_FIELDS = {
    of_statements.Record, of_statements.Revise, of_sources.Register, of_sources.Revise, of_sources.Rate,
    of_sources.Authenticate, of_sources.Protect, of_sources.ReplaceIdentity, of_sources.MatchIdentity, of_sources.Vouch,
    of_sources.BreakGlass, of_sources.Merge, of_replies.Send, of_reviews.TakeNext, of_reviews.Finish,
}  # fmt: skip
ACTIONS = list(_FUNCTIONS)


def label(act: type[Action]) -> str:
    """The product's name of the action."""
    if act not in _FUNCTIONS:
        return act.name
    function = _FUNCTIONS[act][0]
    return f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"


def execute(act: Action, arguments: dict[str, Any], actor: User | None, now: datetime) -> Any:
    """Execute it; the id or ids of its result, None without one."""
    if isinstance(act, background.Work):
        _TASKS[MessageKind(arguments["kind"])](message_id=arguments["message"])
        return None
    if isinstance(act, background.RunDue):
        scheduler.run_due(now=now)
        return None
    function, names = _FUNCTIONS[type(act)]
    remaining = {name: value for name, value in arguments.items() if name not in names}
    called = {names[name]: value for name, value in arguments.items() if name in names and value is not None}
    if type(act) in _UNCHANGED_FIELDS:
        called |= remaining
    called |= _more(act, arguments, called)
    return _id(function(**called, actor=actor, now=now))


def _more(act: Action, arguments: dict[str, Any], called: dict[str, Any]) -> dict[str, Any]:
    """Arguments that the model ignores, or names differently."""
    if "who" in called:
        who = called.pop("who")
        name, known_by = of_sources.IDENTITIES[who] if who is not None else ("", "")
        called |= {"identity_name": name, "identity_known_by": known_by}
    if isinstance(called.get("embargo_until"), str):
        called["embargo_until"] = datetime.fromisoformat(called["embargo_until"])
    match act:
        case of_stories.Pitch():
            return {"headline": "The gate"}
        case of_stories.Schedule():  # also of a correction
            return {"time_zone": "UTC"}
        case of_sources.Register():
            return {"name": f"a {arguments['type']}"}
        case of_statements.Attach():
            return {"title": "A copy"}
        case of_sources.Protect():
            return {"name": "a clerk"}
        case of_replies.Send() if not isinstance(act, of_replies.Waive):
            return {"question": "What do you say?"}
        case of_replies.Answer() if "answers" in arguments:
            answers = [{**answer, "claim_id": answer["claim"]} for answer in arguments["answers"]]
            return {"answers": [{name: value for name, value in each.items() if name != "claim"} for each in answers]}
        case background.Adopt():
            return {"name": arguments["policy"], "note": arguments["reason"], "rules": rules(arguments["policy"])}
    return {}


def tokens() -> dict[int, str]:
    """Each person's identity token, as the product makes it: no two are equal."""
    tokens_by_person = {who: vault.Identity.of(*known).token() for who, known in enumerate(of_sources.IDENTITIES)}
    assert len(set(tokens_by_person.values())) == len(tokens_by_person), "two human beings share a token"
    return tokens_by_person


def rules(name: str) -> dict[str, Any]:
    """A policy of the model as the product reads it."""
    policy = background.POLICIES[name]
    plain = {risk: dict(stated) for risk, stated in thresholds.default_policy().to_dict().items() if risk != "version"}
    requirements = ("groups", "first_hand", "named", "disinterested", "rated")
    for risk, stated in plain.items():
        stated["rows"] = [dict(zip(requirements, row, strict=True)) for row in policy["rows"][risk]]
        if risk in policy["window"]:
            stated["reply_hours"] = policy["window"][risk]
    return plain


def _id(outcome: Any) -> Any:
    if isinstance(outcome, list):
        return [str(each.pk) for each in outcome]
    return str(outcome.pk) if hasattr(outcome, "pk") else None
