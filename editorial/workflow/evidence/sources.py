"""Sources: register, revise, rate, authenticate, protect, match identity, vouch, merge.

A confidential name passes through here into and out of the vault, and nowhere else: not into an event, a message or
the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.models import MessageKind, Source, User
from editorial.models.evidence.sources import SettlingEffect
from editorial.policy import text_cleaning
from editorial.policy.actions import Action
from editorial.policy.vocabulary import Authenticity, Reliability, SourceType
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    apply_changes,
    atomic_action,
    require_desk,
    require_permission,
    require_reason,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock, lock_many
from editorial.workflow.evidence import dispositive
from editorial.workflow.evidence.affected_claims import RELATION_FIELDS, enqueue_assessments, reassess_affected
from editorial.workflow.evidence.confidentiality import disclosure, matching, sealing, source_names
from editorial.workflow.evidence.confidentiality.vault import Identity

# The fields of a source besides its type and its relations to other sources.
_VALUE_FIELDS = ("name", "description", "benefits_if", "camp")


@atomic_action
def register(
    *,
    desk_id: UUID | str,
    type: str,
    name: str,
    unnamed: bool = False,
    identity_name: str = "",
    identity_known_by: str = "",
    establishes: Iterable[UUID | str] = (),
    contradicts: Iterable[UUID | str] = (),
    actor: User,
    now: datetime,
    **fields: Any,
) -> Source:
    """Register a source. For an unnamed one, `name` is a description, and a known identity goes into the vault."""
    desk = require_desk(desk_id, actor, Action.SOURCE_REGISTER)
    if identity_name and not unnamed:
        raise ValidationFailed(
            Reason("NOT_UNNAMED", "Only an unnamed source can have a confidential identity.", "identity_name")
        )
    identity = Identity.of(identity_name, identity_known_by) if identity_name else None
    source = Source(type=type, name=text_cleaning.line(name), desk=desk, unnamed=unnamed)
    source.registered_by, source.registered_at = actor, now
    # An unnamed source counts as known to an editor only after `vouch`.
    source.editor_knows = not unnamed
    apply_changes(source, _resolve_relations(fields, actor), allowed=(*_VALUE_FIELDS, *RELATION_FIELDS))
    source_names.check_texts(source, sealing.TEXT_FIELDS, actor, now)
    if identity is not None:
        sealing.prepare(source, identity, actor, now)
    validate_and_save(source)
    if identity is not None:
        sealing.seal(source, identity, actor, now)
    settled_claims = dispositive.replace(source, establishes, contradicts, actor)
    audit.log(
        source, Action.SOURCE_REGISTER, actor=actor, now=now, type=source.type, unnamed=unnamed, settles=settled_claims
    )
    if identity is not None:
        matching.log_comparison(source, actor=actor, now=now)
    enqueue_assessments(settled_claims, now)
    return source


@atomic_action
def revise(
    *,
    source_id: UUID | str,
    establishes: Iterable[UUID | str] | None = None,
    contradicts: Iterable[UUID | str] | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
    **stated: Any,
) -> Source:
    """Change a source's fields, or the claims it settles."""
    source = _lock(source_id, actor, Action.SOURCE_REVISE, expected_version)
    changed = apply_changes(source, _resolve_relations(stated, actor), allowed=(*_VALUE_FIELDS, *RELATION_FIELDS))
    source_names.check_texts(source, stated, actor, now, newly_related=not changed.keys().isdisjoint(RELATION_FIELDS))
    settled_claims: list[str] = []
    if establishes is not None or contradicts is not None:
        before = {effect: set(dispositive.claims_settled_by(source, effect, actor)) for effect in SettlingEffect}
        settled_claims = dispositive.replace(
            source,
            before[SettlingEffect.ESTABLISHES] if establishes is None else establishes,
            before[SettlingEffect.CONTRADICTS] if contradicts is None else contradicts,
            actor,
        )
        formerly = before[SettlingEffect.ESTABLISHES] | before[SettlingEffect.CONTRADICTS]
        if source.type == SourceType.OBSERVATION and set(settled_claims) - formerly:
            # Nobody has checked what it settles now. A fake stays a fake.
            source.authenticated = False
        settled_claims = sorted({*settled_claims, *formerly})
    if not changed and not settled_claims:
        return source
    validate_and_save(source)
    audit.log(source, Action.SOURCE_REVISE, actor=actor, now=now, changed=changed, settles=settled_claims)
    reassess_affected(source, now, also=settled_claims, whole_house=True)
    return source


@atomic_action
def rate(
    *,
    source_id: UUID | str,
    reliability: str,
    reason: str = "",
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Rate a source's reliability, A to F."""
    source = _lock(source_id, actor, Action.SOURCE_RATE, expected_version)
    if reliability not in set(Reliability):
        raise ValidationFailed(
            Reason("UNKNOWN_RATING", f"Choose one of these ratings: {', '.join(Reliability)}.", "reliability")
        )
    source_names.check_reason(reason, [source], actor, now)
    before, source.reliability = source.reliability, reliability
    return _save(source, Action.SOURCE_RATE, actor, now, reliability=[before, reliability], reason=reason.strip())


@atomic_action
def authenticate(
    *,
    source_id: UUID | str,
    reason: str,
    result: str = Authenticity.GENUINE.value,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Record the result of authenticating a document or our own observation, and how it was checked.

    Somebody else must check an observation. A fake does not count as evidence. A new result replaces the earlier one;
    `unknown` revokes it.
    """
    source = _lock(source_id, actor, Action.SOURCE_AUTHENTICATE, expected_version)
    reason = require_reason(reason, "Say how it was checked.")
    if source.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
        raise Conflict("Only a document or an observation can be authenticated.", code="NOT_A_DOCUMENT")
    if source.type == SourceType.OBSERVATION and source.registered_by_id == actor.pk:
        raise Conflict("You registered this observation. Somebody else must check it.", code="OWN_OBSERVATION")
    if result not in set(Authenticity):
        names = ", ".join(Authenticity)
        raise ValidationFailed(Reason("UNKNOWN_RESULT", f"Choose one of these results: {names}.", "result"))
    before = source.established_authenticity
    if before == result:
        raise Conflict(f"This is already recorded as {result}.", code="AUTHENTICATED")
    source_names.check_reason(reason, [source], actor, now)
    source.authenticity, source.authenticated = result, result == Authenticity.GENUINE
    return _save(source, Action.SOURCE_AUTHENTICATE, actor, now, authenticity=[before.value, result], reason=reason)


@atomic_action
def protect(
    *,
    source_id: UUID | str,
    name: str,
    identity_name: str,
    identity_known_by: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Make a source unnamed: its name goes into the vault, and a description that does not identify it replaces it.

    If the vault already holds an identity for the source, only a custodian can replace it.
    """
    source = _lock(source_id, actor, Action.SOURCE_PROTECT, expected_version)
    identity = Identity.of(identity_name, identity_known_by)
    if source.identities.exists():
        raise Conflict(
            "The vault already holds an identity for this source. A custodian can replace it.", code="ALREADY_SEALED"
        )
    if source.merged.filter(unnamed=False).exists():
        raise Conflict(
            "Another record of this source was merged into it and would still show the name. Separate the two, then "
            "protect each.",
            code="MERGED_RECORDS",
        )
    source.name, source.description, source.unnamed = text_cleaning.line(name), "", True
    source.editor_knows = False
    sealing.prepare(source, identity, actor, now)
    validate_and_save(source)
    sealing.seal(source, identity, actor, now)
    audit.log(source, Action.SOURCE_PROTECT, actor=actor, now=now)
    matching.log_comparison(source, actor=actor, now=now)
    outbox.send(MessageKind.ERASE_OLD_ROWS, source.pk, now=now)
    reassess_affected(source, now, whole_house=True)
    return source


@atomic_action
def match_identity(
    *,
    source_id: UUID | str,
    identity_name: str,
    identity_known_by: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Give a named person the identity token that matches them if they also speak unnamed.

    Nothing is encrypted, as the name is public. The response never reveals whether another source has the token.
    """
    source = _lock(source_id, actor, Action.SOURCE_MATCH_IDENTITY, expected_version)
    if source.unnamed or source.type != SourceType.PERSON:
        raise Conflict("Only a named person can be matched. Protect an unnamed one instead.", code="NOT_NAMED")
    identity = Identity.of(identity_name, identity_known_by)
    matching.count_attempt(actor=actor, desk_id=source.desk_id, now=now)
    source.key = identity.token()
    matching.log_comparison(source, actor=actor, now=now)
    return _save(source, Action.SOURCE_MATCH_IDENTITY, actor, now)


@atomic_action
def vouch(
    *, source_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Source:
    """Vouch, as an editor, that you know who this unnamed source is."""
    source = _lock(source_id, actor, Action.SOURCE_VOUCH, expected_version)
    reason = require_reason(reason, "Say how you know, without the name.")
    if not source.unnamed:
        raise Conflict("This source is named, so nobody needs to vouch for it.", code="NOT_UNNAMED")
    source_names.check_reason(reason, [source], actor, now)
    source.editor_knows = True
    return _save(source, Action.SOURCE_VOUCH, actor, now, reason=reason)


@atomic_action
def merge(
    *,
    source_id: UUID | str,
    into_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Source:
    """Merge two sources that are the same. Their statements stay where they are and count as one identity."""
    source, into = get_visible(Source, source_id, actor), get_visible(Source, into_id, actor, field="into")
    locked = {each.pk: each for each in lock_many(Source, [source.pk, into.pk], actor, field="into")}
    source, into = locked[source.pk], locked[into.pk]
    check_version(source, expected_version)
    if source.pk == into.pk:
        raise ValidationFailed(Reason("SAME_OBJECT", "A source cannot be merged into itself.", "into"))
    reason = require_reason(reason, "Say how you know, without a name.")
    for each in (source, into):
        require_permission(actor, Action.SOURCE_MERGE, each.access_facts())
        if each.merged_into_id:
            raise Conflict("One of these sources was already merged.", code="MERGED")
    if source.type != into.type:
        raise Conflict("Sources of different types cannot be merged.", code="TYPE_MISMATCH")
    if source.unnamed != into.unnamed:
        raise Conflict(
            "One of these sources is unnamed, and a merge would reveal who it is. Match the named one's identity "
            "instead.",
            code="UNNAMED",
        )
    source_names.check_reason(reason, [source, into], actor, now)
    source.merged_into = into
    validate_and_save(source)
    for earlier in Source.objects.select_for_update().filter(merged_into=source):
        earlier.merged_into = into
        validate_and_save(earlier)
    for each in (source, into):
        audit.log(
            each, Action.SOURCE_MERGE, actor=actor, now=now, source=str(source.pk), into=str(into.pk), reason=reason
        )
        reassess_affected(each, now, whole_house=True)
    return into


def _lock(source_id: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion) -> Source:
    source = lock(Source, source_id, actor, expected_version=expected_version)
    require_permission(actor, action, source.access_facts())
    if source.merged_into_id:
        raise Conflict(disclosure.merge_notice(source, actor.facts()), code="MERGED")
    return source


def _save(source: Source, action: Action, actor: User, now: datetime, **data: Any) -> Source:
    """Save and log a change of the source, and reassess the claims it affects."""
    validate_and_save(source)
    audit.log(source, action, actor=actor, now=now, **data)
    reassess_affected(source, now, whole_house=action is Action.SOURCE_MATCH_IDENTITY)
    return source


def _resolve_relations(fields: dict[str, Any], actor: User) -> dict[str, Any]:
    """Replace the source ids among the fields with their rows."""
    relations = {
        name: get_visible(Source, key, actor, field=name) if key else None
        for name, key in fields.items()
        if name in RELATION_FIELDS
    }
    values = {name: "" if value is None else value for name, value in fields.items() if name not in RELATION_FIELDS}
    if "name" in values:
        values["name"] = text_cleaning.line(values["name"])
    return values | relations
