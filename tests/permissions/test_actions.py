"""Every action checks its permission: without it nothing changes, with it the action is not refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps

from editorial.models import (
    Delivery,
    Event,
    MatchingLock,
    Membership,
    Notification,
    OutboxMessage,
    Passkey,
    ReviewTask,
    SecondFactor,
    Session,
    User,
    WebhookEndpoint,
)
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role
from editorial.policy.verification import thresholds
from editorial.workflow.core.errors import ActionError, Forbidden, NotFound
from editorial.workflow.evidence import (
    briefings,
    claim_distinctions,
    claims,
    exhibits,
    source_repairs,
    sources,
    statement_repairs,
    statements,
)
from editorial.workflow.evidence.confidentiality import matching, sealing, unmasking
from editorial.workflow.imports import imports, scheduled_imports
from editorial.workflow.ops import dead_letters, resending, webhooks
from editorial.workflow.people import (
    account_changes,
    duty_shifts,
    email_preferences,
    passkeys,
    second_factors,
    sessions,
    subscriptions,
    tokens,
    users,
)
from editorial.workflow.review import assignments, comments, policies, received_answers, replies, signoffs, tasks
from editorial.workflow.stories import (
    desks,
    merging,
    planned_corrections,
    publication,
    restrictions,
    returns,
    saved_searches,
    stories,
)
from tests.permissions import roles_table
from tests.support import incoming_mail
from tests.support.cast import HOUR, Room, rolled_back
from tests.support.people import app_of

pytestmark = pytest.mark.exhaustive

RIGHTS = roles_table.rights()
ORGANIZATION = SubjectFacts()
STRICT = {name: rules for name, rules in thresholds.default_policy().to_dict().items() if name != "version"}

BoundAction = Callable[[User], object]


class _AnyOwner(frozenset):  # type: ignore[type-arg]
    """Any actor."""

    def __contains__(self, _: object) -> bool:
        return True


SELF = SubjectFacts(owners=_AnyOwner({"anybody"}))


class AllowedActions:
    """For each action: an object it can be done to, with its access facts, and the call."""

    def __init__(self, room: Room) -> None:
        self.room, self.now, self.desk = room, room.now, room.desk
        at_desk = SubjectFacts(desks=frozenset({str(room.desk.pk)}))
        self.by_action: dict[Action, tuple[SubjectFacts, BoundAction]] = {}
        for subjects in (
            self.story_actions,
            self.claim_actions,
            self.source_actions,
            self.reply_actions,
            self.review_actions,
            self.comment_actions,
        ):
            for action, (row, verb_of, arguments) in subjects().items():
                subject = row.access_facts() if hasattr(row, "access_facts") else at_desk
                self.by_action[action] = subject, self.bind(verb_of, arguments)
        for action, (verb_of, arguments) in self.organization_actions().items():
            self.by_action[action] = ORGANIZATION, self.bind(verb_of, arguments)
        for action, (subject, verb_of, arguments) in self.account_actions().items():
            self.by_action[action] = subject, self.bind(verb_of, arguments)
        for action in (
            *(Action.WEBHOOK_ADD, Action.WEBHOOK_REVISE, Action.WEBHOOK_DISABLE, Action.WEBHOOK_ROTATE),
            *(Action.WEBHOOK_PING, Action.WEBHOOK_RESUME),
        ):
            self.by_action[action] = at_desk, self.by_action[action][1]
        webhook = WebhookEndpoint.objects.earliest("id").access_facts()
        self.by_action[Action.WEBHOOK_RESEND] = webhook, self.by_action[Action.WEBHOOK_RESEND][1]

    def bind(self, function: Callable[..., object], arguments: dict[str, Any]) -> BoundAction:
        return lambda actor: function(**arguments, actor=actor, now=self.now)

    def story_actions(self):
        story = self.room.story(self.room.claim())
        stories.assign(
            story_id=story.pk, authors=[self.room.people["rosa"].pk], actor=self.room.people["edith"], now=self.now
        )
        it, ban = {"story_id": story.pk}, {"kind": "court", "reason": "An order."}
        banned = restrictions.restrict_story(**it, **ban, actor=self.room.people["lara"], now=self.now)
        because = it | {"reason": "So be it."}
        at = {"at": self.now + timedelta(hours=1), "time_zone": "UTC"}
        return {
            Action.STORY_PITCH: (None, stories.pitch, {"desk_id": self.desk.pk, "headline": "The dam"}),
            Action.STORY_ASSIGN: (story, stories.assign, it | {"authors": [self.room.people["ruben"].pk]}),
            Action.STORY_REVISE: (story, stories.revise, it | {"headline": "The gate, again"}),
            Action.STORY_SUBMIT: (story, stories.submit, it),
            Action.STORY_CLEAR: (story, stories.clear, it),
            Action.STORY_SCHEDULE: (story, stories.schedule, it | at),
            Action.STORY_SEND_BACK: (story, returns.send_back, because),
            Action.STORY_UNSCHEDULE: (story, returns.unschedule, it),
            Action.STORY_UNSPIKE: (story, returns.unspike, because),
            Action.STORY_RESTORE: (story, publication.restore, because),
            Action.STORY_SCHEDULE_CORRECTION: (story, planned_corrections.schedule_correction, it | at | {"text": "!"}),
            Action.STORY_CANCEL_CORRECTION: (story, planned_corrections.cancel_correction, it),
            Action.STORY_MERGE: (story, merging.merge, because | {"into_id": self.room.story().pk}),
            Action.STORY_UNMERGE: (story, merging.unmerge, because),
            Action.STORY_MOVE: (story, desks.move, because | {"desk_id": self.desk.pk}),
            Action.STORY_PUBLISH: (story, publication.publish, it),
            Action.STORY_CORRECT: (story, publication.correct, it | {"text": "It was shut."}),
            Action.STORY_WITHHOLD: (story, publication.withhold, because),
            Action.STORY_RETRACT: (story, publication.retract, because),
            Action.STORY_SPIKE: (story, stories.spike, because),
            Action.STORY_CONFIRM_CONDITION: (
                story,
                stories.confirm_condition,
                it | {"claim_id": self.room.claim().pk, "code": "C_ATTRIBUTE"},
            ),
            Action.STORY_CONFIRM_NO_CLAIMS: (story, stories.confirm_no_claims, it),
            Action.STORY_RESTRICT: (story, restrictions.restrict_story, it | ban),
            Action.STORY_LIFT_RESTRICTION: (
                story,
                restrictions.lift_from_story,
                because | {"restriction_id": banned.pk},
            ),
            Action.STORY_OVERRIDE: (story, stories.override, because | {"code": "E_REPLY_PENDING"}),
        }

    def claim_actions(self):
        claim, other = self.room.claim(), self.room.claim("The gate stood open.")
        said = self.room.claim("Fenn said that the gate stood open.", kind="utterance")
        distinct = self.room.claim("Another gate stood open.")
        claim_distinctions.mark_distinct(
            claim_id=claim.pk, other_id=distinct.pk, reason="Another.", actor=self.room.people["rosa"], now=self.now
        )
        recorded = self.room.says(self.room.person(), claim)
        repeat = self.room.says(self.room.source("outlet"), claim, directness="relayed")
        it, by_statement = {"claim_id": claim.pk}, {"statement_id": recorded.pk}
        reason, ban = {"reason": "So be it."}, {"kind": "court", "reason": "An order."}
        banned = restrictions.restrict_claim(**it, **ban, actor=self.room.people["lara"], now=self.now)
        new = {"desk_id": self.desk.pk, "text": "The dam held."}
        statement = {"source_id": self.room.person().pk, "stance": "affirms", "directness": "first_hand"}
        archived = {"desk_id": self.desk.pk, "title": "Log", "text": "Open."}
        sheet = {"desk_id": self.desk.pk, "kind": "claims_sheet"}
        rosa = self.room.people["rosa"]
        ended, linked = self.room.says(self.room.person(), claim), self.room.says(self.room.person(), claim)
        statements.end(statement_id=ended.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=self.now)
        linked_repeat = self.room.says(self.room.source("outlet"), claim, directness="relayed")
        relay = statements.relay(derived_id=linked_repeat.pk, origin_id=linked.pk, actor=rosa, now=self.now)
        lines = BytesIO(b"text\nThe dam broke.\n")
        batch = imports.start(**sheet, file=lines, actor=rosa, now=self.now)
        url = {"url": "https://gazette.example/feed"}
        scheduled = scheduled_imports.add(desk_id=self.desk.pk, kind="feed", **url, actor=rosa, now=self.now)
        second = {"desk_id": self.desk.pk, "kind": "feed", "url": "https://coast.example/feed"}
        paused = scheduled_imports.add(**second, actor=rosa, now=self.now)
        scheduled_imports.pause(scheduled_import_id=paused.pk, actor=rosa, now=self.now)
        fetched = {"scheduled_import_id": scheduled.pk}
        return {
            Action.SEE: (claim, lambda claim_id, actor, now: claims.get_visible(claims.Claim, claim_id, actor), it),
            Action.CLAIM_FILE: (None, claims.file, new),
            Action.CLAIM_REVISE: (claim, claims.revise, it | {"text": "The gate was ajar."}),
            Action.CLAIM_CARRY: (said, claims.carry, {"claim_id": said.pk, "carries": [claim.pk]}),
            Action.CLAIM_SPLIT: (claim, claims.split, it | {"texts": ["There is a gate.", "It was open."]}),
            Action.CLAIM_MERGE: (claim, claims.merge, it | {"into_id": other.pk}),
            Action.CLAIM_MARK_DISTINCT: (claim, claim_distinctions.mark_distinct, it | reason | {"other_id": other.pk}),
            Action.CLAIM_UNMARK_DISTINCT: (
                claim,
                claim_distinctions.unmark_distinct,
                it | {"other_id": distinct.pk},
            ),
            Action.CLAIM_DROP: (claim, claims.drop, it | reason),
            Action.CLAIM_RESTRICT: (claim, restrictions.restrict_claim, it | ban),
            Action.CLAIM_LIFT_RESTRICTION: (
                claim,
                restrictions.lift_from_claim,
                it | reason | {"restriction_id": banned.pk},
            ),
            Action.STATEMENT_RECORD: (claim, statements.record, it | statement),
            Action.STATEMENT_REVISE: (claim, statements.revise, by_statement | {"quote": "It was."}),
            Action.STATEMENT_REASSIGN: (
                claim,
                statement_repairs.reassign,
                by_statement | reason | {"source_id": self.room.person().pk},
            ),
            Action.STATEMENT_STRIKE: (claim, statement_repairs.strike, by_statement | reason),
            Action.STATEMENT_REOPEN: (claim, statement_repairs.reopen, {"statement_id": ended.pk} | reason),
            Action.STATEMENT_UNDO_RELAY: (claim, statements.undo_relay, {"relay_id": relay.pk} | reason),
            Action.STATEMENT_END: (claim, statements.end, by_statement | reason | {"ended": "withdrawn"}),
            Action.STATEMENT_RELAY: (claim, statements.relay, {"derived_id": repeat.pk, "origin_id": recorded.pk}),
            Action.BRIEFING_RECORD: (None, briefings.record, {"desk_id": self.desk.pk, "name": "Noon call"}),
            Action.EXHIBIT_ATTACH: (None, exhibits.attach, archived),
            Action.IMPORT_START: (None, imports.start, sheet | {"file": BytesIO(b"text\nThe dam held.\n")}),
            Action.IMPORT_CANCEL: (batch, imports.cancel, {"import_id": batch.pk}),
            Action.SCHEDULED_IMPORT_ADD: (
                None,
                scheduled_imports.add,
                {"desk_id": self.desk.pk, "kind": "page", "url": "https://gazette.example/"},
            ),
            Action.SCHEDULED_IMPORT_REVISE: (
                scheduled,
                scheduled_imports.revise,
                fetched | {"interval_minutes": 60},
            ),
            Action.SCHEDULED_IMPORT_PAUSE: (scheduled, scheduled_imports.pause, fetched),
            Action.SCHEDULED_IMPORT_RESUME: (
                paused,
                scheduled_imports.resume,
                {"scheduled_import_id": paused.pk},
            ),
            Action.SCHEDULED_IMPORT_RUN: (scheduled, scheduled_imports.run, fetched),
        } | self.signoff_actions()

    def signoff_actions(self):
        corroborated, proposed = self.room.corroborated(), self.room.corroborated(risk="serious")
        proposal = signoffs.propose(claim_id=proposed.pk, actor=self.room.people["felix"], now=self.now)
        it = {"signoff_id": proposal.pk}
        return {
            Action.SIGNOFF_PROPOSE: (corroborated, signoffs.propose, {"claim_id": corroborated.pk}),
            Action.SIGNOFF_APPROVE: (proposed, signoffs.approve, it),
            Action.SIGNOFF_REJECT: (proposed, signoffs.reject, it | {"reason": "Too thin."}),
            Action.SIGNOFF_READ_STANDARDS: (proposed, signoffs.read_standards, {"claim_id": proposed.pk}),
            Action.SIGNOFF_READ_LEGAL: (proposed, signoffs.read_legal, {"claim_id": proposed.pk}),
        }

    def source_actions(self):
        named, other, document = self.room.person(), self.room.person(), self.room.paper(authenticated=False)
        unnamed = self.room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        locked = MatchingLock.objects.create(
            person=self.room.people["ruben"], desk=self.desk, locked_at=self.now, alarm_due_at=self.now
        )
        cuno = self.room.people["cuno"]
        merged = self.room.person()
        sources.merge(source_id=merged.pk, into_id=self.room.person().pk, reason="One.", actor=cuno, now=self.now)
        request = unmasking.request_unmask(source_id=unnamed.pk, reason="A court.", actor=cuno, now=self.now)
        it, its, hers = {"source_id": named.pk}, {"source_id": document.pk}, {"source_id": unnamed.pk}
        reason = {"reason": "So be it."}
        veil = {"name": "a clerk", "identity_name": "Lida Fenn", "identity_known_by": "1961"}
        new = {"desk_id": self.desk.pk, "type": "person", "name": "Ben Ode"}
        return {
            Action.SOURCE_REGISTER: (None, sources.register, new),
            Action.SOURCE_REVISE: (named, sources.revise, it | {"camp": "north"}),
            Action.SOURCE_RATE: (named, sources.rate, it | {"reliability": "C"}),
            Action.SOURCE_AUTHENTICATE: (document, sources.authenticate, its | reason),
            Action.SOURCE_PROTECT: (named, sources.protect, it | veil),
            Action.SOURCE_MATCH_IDENTITY: (
                named,
                sources.match_identity,
                it | {"identity_name": "Lida Fenn", "identity_known_by": "1961"},
            ),
            Action.SOURCE_VOUCH: (unnamed, sources.vouch, hers | reason),
            Action.SOURCE_REPLACE_IDENTITY: (
                unnamed,
                sealing.replace_identity,
                hers | reason | {"identity_name": "Lida Fenn", "identity_known_by": "1961"},
            ),
            Action.SOURCE_REQUEST_UNMASK: (unnamed, unmasking.request_unmask, hers | reason),
            Action.SOURCE_APPROVE_UNMASK: (unnamed, unmasking.approve_unmask, hers | {"request_id": request.pk}),
            Action.SOURCE_UNMASK: (unnamed, unmasking.unmask, hers),
            Action.SOURCE_BREAK_GLASS: (unnamed, unmasking.break_glass, hers | reason),
            Action.MATCHING_UNLOCK: (locked, matching.unlock, {"lock_id": locked.pk} | reason),
            Action.SOURCE_UNMERGE: (merged, source_repairs.unmerge, {"source_id": merged.pk} | reason),
            Action.SOURCE_MERGE: (named, sources.merge, it | {"into_id": other.pk} | reason),
        }

    def reply_actions(self):
        claim, party = self.room.claim(), self.room.person()
        fields = {"to_id": party.pk, "covers": [claim.pk], "question": "?"}
        request = replies.send(**fields, actor=self.room.people["rosa"], now=self.now)
        received = incoming_mail.receive(self.room, request)
        dismissed = {"received_answer_id": received.pk, "reason": "An advertisement."}
        waived = {"to_id": party.pk, "covers": [claim.pk], "reason": "He is dead."}
        return {
            Action.REPLY_SEND: (claim, replies.send, fields),
            Action.REPLY_ANSWER: (claim, replies.answer, {"request_id": request.pk, "outcome": "declined"}),
            Action.REPLY_WAIVE: (claim, replies.waive, waived),
            Action.RECEIVED_ANSWER_DISMISS: (claim, received_answers.dismiss, dismissed),
        }

    def comment_actions(self):
        claim, felix = self.room.claim(), self.room.people["felix"]
        thread, done = (comments.add(claim_id=claim.pk, text="Why?", actor=felix, now=self.now) for _ in range(2))
        comments.resolve(comment_id=done.pk, actor=felix, now=self.now)
        it = {"comment_id": thread.pk}
        return {
            Action.COMMENT_ADD: (claim, comments.add, {"claim_id": claim.pk, "text": "Who?"}),
            Action.COMMENT_EDIT: (thread, comments.edit, it | {"text": "When?"}),
            Action.COMMENT_RESOLVE: (thread, comments.resolve, it),
            Action.COMMENT_REOPEN: (done, comments.reopen, {"comment_id": done.pk}),
        }

    def review_actions(self):
        claim = self.room.claim()
        self.room.says(self.room.paper(authenticated=False), claim)
        self.room.settle()
        task, taken_task = ReviewTask.objects.filter(claim=claim).order_by("kind")[:2]
        theirs = ReviewTask.objects.filter(claim=claim).exclude(pk__in=[task.pk, taken_task.pk]).latest("kind")
        assignments.assign(
            task_id=theirs.pk,
            assignee_id=self.room.people["felix"].pk,
            actor=self.room.people["edith"],
            now=self.now,
        )
        theirs.refresh_from_db()
        tasks.take(task_id=taken_task.pk, actor=self.room.people["felix"], now=self.now)
        taken_task.refresh_from_db()
        it, ours = {"task_id": task.pk}, {"task_id": taken_task.pk}
        return {
            Action.REVIEW_TAKE: (task, tasks.take, it),
            Action.REVIEW_EXTEND: (taken_task, tasks.extend, ours),
            Action.REVIEW_RELEASE: (taken_task, tasks.release, ours),
            Action.REVIEW_FINISH: (taken_task, tasks.finish, ours | {"outcome": "found"}),
            Action.REVIEW_ASSIGN: (
                task,
                assignments.assign,
                it | {"assignee_id": self.room.people["felix"].pk},
            ),
            Action.REVIEW_SNOOZE: (
                theirs,
                tasks.snooze,
                {"task_id": theirs.pk, "until": self.now + timedelta(hours=1), "reason": "He is away."},
            ),
        }

    def organization_actions(self):
        room = self.room
        dead_letter = OutboxMessage.objects.latest("id")
        OutboxMessage.objects.filter(pk=dead_letter.pk).update(state="dead")
        endpoint = WebhookEndpoint.objects.create(
            desk=self.desk, url="https://hooks.example/1", encrypted_secret=b"x", added_by=room.people["ada"],
            added_at=self.now,
        )  # fmt: skip
        paused = WebhookEndpoint.objects.create(
            desk=self.desk, url="https://hooks.example/2", encrypted_secret=b"x", added_by=room.people["ada"],
            added_at=self.now, paused_at=self.now,
        )  # fmt: skip
        event, unsent = Event.objects.earliest("id"), {"state": "failed", "settled_at": self.now}
        delivery = Delivery.objects.create(endpoint=endpoint, event=event, channel="webhook", **unsent)
        notice = Notification.objects.create(
            event=event, user=room.people["carl"], subject="News", body="News.", created_at=self.now
        )
        notice.email = Delivery.objects.create(notification=notice, event=event, channel="mail", **unsent)
        notice.save()
        link = Membership.objects.get(user=room.people["cora"])
        someone = {"user_id": room.people["carl"].pk}
        new = {"username": "nina", "password": "a long and winding word", "email": "n@newsroom.example"}
        return {
            Action.JOB_RETRY: (dead_letters.retry, {"message_id": dead_letter.pk}),
            Action.JOB_TAKE: (dead_letters.take, {"message_id": dead_letter.pk}),
            Action.JOB_ASSIGN: (dead_letters.assign, {"message_id": dead_letter.pk, "owner_id": room.people["ada"].pk}),
            Action.JOB_DISMISS: (dead_letters.dismiss, {"message_id": dead_letter.pk, "reason": "Not needed."}),
            Action.WEBHOOK_ADD: (webhooks.add, {"desk_id": self.desk.pk, "url": "https://1.1.1.1/hook"}),
            Action.WEBHOOK_DISABLE: (webhooks.disable, {"endpoint_id": endpoint.pk}),
            Action.WEBHOOK_REVISE: (webhooks.revise, {"endpoint_id": endpoint.pk}),
            Action.WEBHOOK_ROTATE: (webhooks.rotate, {"endpoint_id": endpoint.pk}),
            Action.WEBHOOK_PING: (webhooks.ping, {"endpoint_id": endpoint.pk}),
            Action.WEBHOOK_RESUME: (webhooks.resume, {"endpoint_id": paused.pk}),
            Action.WEBHOOK_RESEND: (resending.resend_to_webhook, {"delivery_id": delivery.pk}),
            Action.NOTIFICATION_RESEND: (resending.resend_email, {"record_id": notice.pk}),
            Action.POLICY_ADOPT: (policies.adopt, {"name": "Stricter", "note": "So be it.", "rules": STRICT}),
            Action.DESK_OPEN: (users.open_desk, {"name": "Sport"}),
            Action.USER_CREATE: (users.create, new | {"memberships": [("reporter", None)]}),
            Action.USER_REVISE: (users.revise, someone | {"first_name": "Karl"}),
            Action.USER_GRANT_ROLE: (users.grant_role, someone | {"role": "fact_checker"}),
            Action.USER_REVOKE_ROLE: (users.revoke_role, {"membership_id": link.pk}),
            Action.USER_DEACTIVATE: (users.deactivate, someone),
            Action.USER_REACTIVATE: (users.reactivate, {"user_id": room.people["gina"].pk, "reason": "Back."}),
        }

    def account_actions(self):
        felix, carl = self.room.people["felix"], self.room.people["carl"]
        token = tokens.issue(user_id=felix.pk, actor=felix, now=self.now).token
        pending = second_factors.enroll(actor=felix, now=self.now)
        app_of(carl, self.room)
        confirmed = SecondFactor.objects.get(user=carl)
        passkey = Passkey.objects.create(
            user=carl, name="key", credential_id="c", credential_data="d", registered_at=self.now
        )
        session = Session.objects.create(
            user=carl, session_key="k", session_data="", expire_date=self.now + HOUR, signed_in_at=self.now,
            last_used_at=self.now, auth_hash=carl.get_session_auth_hash(),
        )  # fmt: skip
        its = {"passkey_id": passkey.pk}
        wrong_code, it = {"code": "000000"}, {"factor_id": confirmed.pk}
        change = account_changes.request(
            user_id=self.room.people["cuno"].pk, kind="password", password="a long and winding word", reason="Lost.",
            actor=self.room.people["ada"], now=self.now,
        )  # fmt: skip
        this = {"change_id": change.pk}
        new_role = {"user_id": carl.pk, "kind": "role", "role": "custodian", "reason": "She is away."}
        of_felix = SubjectFacts(owners=frozenset({str(felix.pk)}))
        shift = duty_shifts.assign(
            desk_id=self.desk.pk, editor_id=self.room.people["edgar"].pk, starts_at=self.now, ends_at=self.now + HOUR,
            actor=self.room.people["edith"], now=self.now,
        )  # fmt: skip
        later = {"starts_at": self.now + HOUR, "ends_at": self.now + 2 * HOUR}
        editor = {"desk_id": self.desk.pk, "editor_id": self.room.people["edgar"].pk}
        return {
            Action.DUTY_SHIFT_ASSIGN: (shift.access_facts(), duty_shifts.assign, editor | later),
            Action.DUTY_SHIFT_CANCEL: (shift.access_facts(), duty_shifts.cancel, {"shift_id": shift.pk}),
            Action.TOKEN_ISSUE: (of_felix, tokens.issue, {"user_id": felix.pk, "scopes": ["file"]}),
            Action.TOKEN_REVOKE: (token.access_facts(), tokens.revoke, {"token_id": token.pk}),
            Action.SESSION_END: (session.access_facts(), sessions.end, {"session_id": session.pk}),
            Action.SECOND_FACTOR_ENROLL: (SELF, second_factors.enroll, {}),
            Action.SECOND_FACTOR_CONFIRM: (
                pending.access_facts(),
                second_factors.confirm,
                {"factor_id": pending.pk} | wrong_code,
            ),
            Action.SECOND_FACTOR_REGENERATE_CODES: (
                confirmed.access_facts(),
                second_factors.regenerate_codes,
                it | wrong_code,
            ),
            Action.SECOND_FACTOR_REMOVE: (
                confirmed.access_facts(),
                second_factors.remove,
                it | wrong_code | {"reason": "Lost."},
            ),
            Action.ACCOUNT_REQUEST_CHANGE: (ORGANIZATION, account_changes.request, new_role),
            Action.ACCOUNT_APPROVE_CHANGE: (change.access_facts(), account_changes.approve, this),
            Action.ACCOUNT_CANCEL_CHANGE: (change.access_facts(), account_changes.cancel, this),
            Action.ACCOUNT_BREAK_GLASS: (
                change.access_facts(),
                account_changes.break_glass,
                this | {"reason": "She is locked out."},
            ),
            Action.PASSKEY_REGISTER: (SELF, passkeys.register, {"name": "key", "credential": "{}"}),
            Action.PASSKEY_RENAME: (passkey.access_facts(), passkeys.rename, its | {"name": "Blue key"}),
            Action.PASSKEY_REMOVE: (passkey.access_facts(), passkeys.remove, its | wrong_code | {"reason": "Lost."}),
            Action.EMAIL_PREFERENCE_SET: (SELF, email_preferences.set_timing, {"kind": "change", "timing": "daily"}),
            Action.QUIET_HOURS_SET: (
                SELF,
                email_preferences.set_quiet_hours,
                {"starts_at": time(22), "ends_at": time(6)},
            ),
            Action.SAVED_SEARCH_SAVE: (SELF, saved_searches.save, {"name": "Dams", "q": "dam"}),
            Action.SAVED_SEARCH_REVISE: (SELF, revise_own_search, {}),
            Action.SAVED_SEARCH_DELETE: (SELF, delete_own_search, {}),
            Action.SUBSCRIPTION_FOLLOW: (SELF, follow_own_desk, {"otherwise": self.desk}),
            Action.SUBSCRIPTION_UNFOLLOW: (SELF, subscriptions.unfollow, {"desk_id": self.desk.pk}),
            Action.USER_CHANGE_PASSWORD: (SELF, users.change_password, {"old": "!", "new": "a winding word"}),
        }


def follow_own_desk(*, otherwise, actor, now):
    """Follow a desk that this person may see."""
    own = actor.memberships.exclude(desk=None).first()
    return subscriptions.follow(desk_id=(own.desk if own else otherwise).pk, actor=actor, now=now)


def revise_own_search(*, actor, now):
    """Mute a search that this person saved."""
    own = saved_searches.save(name="Dams", q="dam", actor=actor, now=now)
    return saved_searches.revise(search_id=own.pk, muted=True, actor=actor, now=now)


def delete_own_search(*, actor, now):
    """Delete a search that this person saved."""
    own = saved_searches.save(name="Dams", q="dam", actor=actor, now=now)
    return saved_searches.delete(search_id=own.pk, actor=actor, now=now)


@pytest.fixture
def allowed_actions(room):
    """The actions, each bound to its arguments."""
    return AllowedActions(room).by_action


@pytest.fixture
def candidates(room, people):
    """The users to try: each role at this desk – or at every desk, for objects without a desk – and some others."""
    others = [people[name] for name in ("felix", "carl", "cleo", "noel", "gina")]
    at_desk, in_house = (
        others + [user_with_role(role, desk) for role in Role] for desk in (room.desk, None)
    )  # fmt: skip
    return lambda subject: at_desk if subject.desks else in_house


def user_with_role(role, desk):
    person = User(username=f"{role} of {desk or 'every desk'}", email="o@newsroom.example", password="!")
    User.objects.bulk_create([person])
    Membership.objects.create(user=person, desk=desk, role=role)
    return person


def test_users_without_permission_are_refused_and_change_nothing(allowed_actions, candidates, subtests):
    assert set(allowed_actions) == set(Action), "every action is tried"
    before = snapshot_all_rows()
    for action, (subject, act) in allowed_actions.items():
        with subtests.test(action=action):
            for person in candidates(subject):
                facts = person.facts()
                if not may(facts, action, subject):
                    refusal = attempt(act, person)
                    assert isinstance(refusal, Forbidden | NotFound), f"{person}: {refusal!r}"
                    unseen = ACTIONS[action].self_service or not access.may(facts, Action.SEE, subject)
                    assert isinstance(refusal, Forbidden) or unseen, f"{person} sees it and gets a 404"
            assert snapshot_all_rows() == before


def test_users_with_permission_are_not_refused(allowed_actions, candidates, subtests):
    for action, (subject, act) in allowed_actions.items():
        with subtests.test(action=action):
            able = [person for person in candidates(subject) if may(person.facts(), action, subject)]
            assert able, "nobody in the cast may do this"
            for person in able:
                with rolled_back():
                    refusal = attempt(act, person)
                assert not isinstance(refusal, NotFound), f"{person}: {refusal}"
                assert "FORBIDDEN" not in [reason.code for reason in getattr(refusal, "reasons", ())], str(person)


def may(facts, action, subject):
    """What the table says, by role and place alone; the actions must agree."""
    if action is Action.REVIEW_TAKE:
        kinds = roles_table.task_kinds()
        cells = {kinds.get((subject.task.value, role), kinds["any other", role]) for role in roles_for(facts, subject)}
    else:
        cells = {RIGHTS[action.value, role] for role in roles_for(facts, subject)}
    on_oneself = (
        RIGHTS.get((action.value, Role.REPORTER)) == "self" and facts.memberships and facts.id in subject.owners
    )
    return facts.active and bool("desk" in cells or ("own" in cells and facts.id in subject.owners) or on_oneself)


def roles_for(facts, subject):
    return {role for role, desk in facts.memberships if desk is None or desk in subject.desks}


def attempt(action: BoundAction, person: User) -> object:
    try:
        action(person)
    except ActionError as refusal:
        return refusal
    return None


def snapshot_all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, history, events and messages included."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_app_config("editorial").get_models()
    }
