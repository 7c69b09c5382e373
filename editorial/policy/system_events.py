"""The table of system events: one row per event of the engine and the scheduler, with recipients and audit sentence."""

from __future__ import annotations

from editorial.policy.action_rules import (
    ACCOUNT_AUDIENCE,
    CLAIM_AUDIENCE,
    ON_DUTY,
    RELIED,
    STORY_AUDIENCE,
    WHOLE_DESK,
    EventRule,
)
from editorial.policy.roles import Audience, NotificationKind
from editorial.policy.vocabulary import ChoiceEnum


class SystemEvent(ChoiceEnum):
    """An action by the engine or the scheduler."""

    CLAIM_ASSESS = "claim.assess"
    SIGNOFF_VOID = "signoff.void"
    REVIEW_OPEN = "review.open"
    REVIEW_REOPEN = "review.reopen"
    REVIEW_CLOSE = "review.close"
    REVIEW_EXPIRE = "review.expire"
    REVIEW_REMIND = "review.remind"
    REVIEW_OVERDUE = "review.overdue"
    REVIEW_ESCALATE = "review.escalate"
    REVIEW_ESCALATE_TO_DUTY = "review.escalate_to_duty"
    REPLY_REMIND = "reply.remind"
    REPLY_EXPIRE = "reply.expire"
    RECEIVED_ANSWER_RECEIVE = "received_answer.receive"
    RECEIVED_ANSWER_RECEIVE_AUTOMATIC = "received_answer.receive_automatic"
    RECEIVED_ANSWER_RECORD = "received_answer.record"
    EMAILED_COMMENT_RECEIVE = "emailed_comment.receive"
    EMAILED_COMMENT_EXPIRE = "emailed_comment.expire"
    EMBARGO_LIFT = "statement.embargo_lift"
    RESTRICTION_EXPIRE = "restriction.expire"
    STORY_GATE = "story.gate"
    STORY_FLAG = "story.flag"
    STORY_CLEAR_FLAG = "story.clear_flag"
    STORY_WARN = "story.warn"
    STORY_REFUSE = "story.refuse"
    STORY_VOID_CLEARANCE = "story.void_clearance"
    CORRECTION_LAPSE = "story.lapse_correction"
    CORRECTION_REFUSE = "story.refuse_correction"
    CORRECTION_WARN = "story.warn_correction"
    WIRE_ITEM_CHANGE = "story.wire_item_change"
    WIRE_ITEM_WITHDRAW = "story.wire_item_withdraw"
    WIRE_ITEM_RESTORE = "story.wire_item_restore"
    WIRE_ITEM_EMBARGO = "story.wire_item_embargo"
    IMPORT_END = "import.end"
    SCHEDULED_IMPORT_MOVE = "scheduled_import.move"
    SCHEDULED_IMPORT_FAIL = "scheduled_import.fail"
    SCHEDULED_IMPORT_RECOVER = "scheduled_import.recover"
    SCHEDULED_IMPORT_AUTO_PAUSE = "scheduled_import.auto_pause"
    SAVED_SEARCH_MATCH = "saved_search.match"
    NAME_IN_COPY = "story.name_in_copy"
    IDENTITY_COMPARE = "identity.compare"
    MATCHING_LOCK = "matching.lock"
    ACCOUNT_CARRY_OUT_CHANGE = "account.carry_out_change"
    ACCOUNT_EXPIRE_CHANGE = "account.expire_change"
    CORRECTION_REMIND = "correction.remind"
    CORRECTION_OVERDUE = "correction.overdue"
    WEBHOOK_AUTO_DISABLE = "webhook.auto_disable"
    WEBHOOK_AUTO_PAUSE = "webhook.auto_pause"
    USER_LINK_PROVIDER = "user.link_provider"
    USER_RESET_ACCESS = "user.reset_access"
    USER_MAP_ROLES = "user.map_roles"
    PASSKEY_COPY_SUSPECTED = "passkey.copy_suspected"
    JOB_FAILED = "job.failed"
    JOB_FAILED_SILENTLY = "job.failed_silently"
    JOB_OVERDUE = "job.overdue"
    INTEGRITY_REPAIR = "integrity.repair"
    INTEGRITY_ALERT = "integrity.alert"
    INTEGRITY_RESOLVE = "integrity.resolve"


SYSTEM_EVENTS: dict[str, EventRule] = {
    SystemEvent.CLAIM_ASSESS: EventRule("reassessed the claim", notify=CLAIM_AUDIENCE),
    SystemEvent.SIGNOFF_VOID: EventRule(
        "voided a signature", notify=STORY_AUDIENCE | CLAIM_AUDIENCE, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.REVIEW_OPEN: EventRule("opened a task", notify={Audience.REVIEWERS}, kind=NotificationKind.QUEUE),
    SystemEvent.REVIEW_REOPEN: EventRule(
        "opened a task again", notify={Audience.REVIEWERS}, kind=NotificationKind.QUEUE
    ),
    SystemEvent.REVIEW_CLOSE: EventRule("closed a task that is no longer needed"),
    SystemEvent.REVIEW_EXPIRE: EventRule(
        "released a task whose time ran out", notify={Audience.ASSIGNEE}, kind=NotificationKind.WORK
    ),
    SystemEvent.REVIEW_REMIND: EventRule(
        "reminded the assignee that a task is due soon", notify={Audience.ASSIGNEE}, kind=NotificationKind.WORK
    ),
    SystemEvent.REVIEW_OVERDUE: EventRule(
        "noted that a task is overdue", notify={Audience.ASSIGNEE}, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.REVIEW_ESCALATE: EventRule(
        "notified the desk that nobody works on an overdue task",
        notify={Audience.EDITORS},
        kind=NotificationKind.OBLIGATION,
    ),
    SystemEvent.REVIEW_ESCALATE_TO_DUTY: EventRule(
        "notified the editor on duty that nobody works on an overdue task",
        notify=ON_DUTY,
        kind=NotificationKind.OBLIGATION,
    ),
    SystemEvent.REPLY_REMIND: EventRule(
        "noted that a reply deadline is near", notify={Audience.REQUESTER}, kind=NotificationKind.WORK
    ),
    SystemEvent.REPLY_EXPIRE: EventRule(
        "noted that a deadline passed", notify={Audience.AUTHORS, Audience.REQUESTER}, kind=NotificationKind.WORK
    ),
    SystemEvent.RECEIVED_ANSWER_RECEIVE: EventRule(
        "received an email that answers a request",
        notify={Audience.REQUESTER, Audience.HOLDERS, Audience.EDITORS},
        kind=NotificationKind.WORK,
    ),
    SystemEvent.RECEIVED_ANSWER_RECEIVE_AUTOMATIC: EventRule("received an automatic email in response to a request"),
    SystemEvent.RECEIVED_ANSWER_RECORD: EventRule("recorded as a response what the email says"),
    SystemEvent.EMAILED_COMMENT_RECEIVE: EventRule(
        "received a comment by email", notify={Audience.OWNER}, kind=NotificationKind.WORK
    ),
    SystemEvent.EMAILED_COMMENT_EXPIRE: EventRule("deleted a comment by email that nobody confirmed"),
    SystemEvent.RESTRICTION_EXPIRE: EventRule(
        "recorded that a restriction expired", notify=CLAIM_AUDIENCE | {Audience.EDITORS}
    ),
    SystemEvent.EMBARGO_LIFT: EventRule("noted that an embargo ended", notify=CLAIM_AUDIENCE),
    SystemEvent.STORY_GATE: EventRule("changed the gate"),
    SystemEvent.STORY_FLAG: EventRule(
        "flagged the story", notify=WHOLE_DESK | RELIED | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.STORY_CLEAR_FLAG: EventRule("cleared the flag", notify=STORY_AUDIENCE | RELIED),
    SystemEvent.STORY_WARN: EventRule(
        "warned that the gate does not pass the scheduled story",
        notify=STORY_AUDIENCE | ON_DUTY,
        kind=NotificationKind.WORK,
    ),
    SystemEvent.STORY_REFUSE: EventRule(
        "did not publish the story on schedule", notify=STORY_AUDIENCE | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.STORY_VOID_CLEARANCE: EventRule(
        "voided the clearance because the copy was revised", notify=STORY_AUDIENCE, kind=NotificationKind.WORK
    ),
    SystemEvent.CORRECTION_LAPSE: EventRule("took the correction off the schedule", notify=STORY_AUDIENCE),
    SystemEvent.CORRECTION_WARN: EventRule(
        "warned that the gate does not pass the scheduled correction",
        notify=STORY_AUDIENCE | ON_DUTY,
        kind=NotificationKind.WORK,
    ),
    SystemEvent.CORRECTION_REFUSE: EventRule(
        "did not publish the correction on schedule", notify=STORY_AUDIENCE | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.WIRE_ITEM_CHANGE: EventRule("recorded that the wire item has changed", notify={Audience.AUTHORS}),
    SystemEvent.WIRE_ITEM_WITHDRAW: EventRule(
        "recorded that the outlet withdrew the wire item", notify=WHOLE_DESK | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.WIRE_ITEM_RESTORE: EventRule("recorded that the wire item may be used again", notify=STORY_AUDIENCE),
    SystemEvent.WIRE_ITEM_EMBARGO: EventRule("recorded that the wire item's embargo changed", notify=STORY_AUDIENCE),
    SystemEvent.IMPORT_END: EventRule("finished an import"),
    SystemEvent.SCHEDULED_IMPORT_MOVE: EventRule("changed the URL of a scheduled import that has moved"),
    SystemEvent.SCHEDULED_IMPORT_FAIL: EventRule(
        "noted that the scheduled import keeps failing", notify={Audience.EDITORS, Audience.OWNER}
    ),
    SystemEvent.SCHEDULED_IMPORT_RECOVER: EventRule(
        "noted that the scheduled import works again", notify={Audience.EDITORS, Audience.OWNER}
    ),
    SystemEvent.SCHEDULED_IMPORT_AUTO_PAUSE: EventRule(
        "paused the scheduled import, which can no longer run", notify={Audience.EDITORS, Audience.OWNER}
    ),
    SystemEvent.SAVED_SEARCH_MATCH: EventRule("found new matches of a saved search", notify={Audience.OWNER}),
    SystemEvent.NAME_IN_COPY: EventRule(
        "noted a confidential name in the copy",
        notify={Audience.AUTHORS, Audience.STANDARDS, Audience.CUSTODIANS},
        kind=NotificationKind.ALERT,
    ),
    SystemEvent.IDENTITY_COMPARE: EventRule(
        "compared an identity with the vault", notify={Audience.CUSTODIANS}, kind=NotificationKind.ALERT
    ),
    SystemEvent.MATCHING_LOCK: EventRule(
        "locked identity matching", notify={Audience.CUSTODIANS, Audience.ADMINS}, kind=NotificationKind.ALERT
    ),
    SystemEvent.ACCOUNT_CARRY_OUT_CHANGE: EventRule(
        "changed the account as approved", notify=ACCOUNT_AUDIENCE, kind=NotificationKind.ALERT
    ),
    SystemEvent.ACCOUNT_EXPIRE_CHANGE: EventRule(
        "recorded that the account change expired", notify=ACCOUNT_AUDIENCE, kind=NotificationKind.ALERT
    ),
    SystemEvent.CORRECTION_REMIND: EventRule(
        "noted that a correction is due soon", notify=STORY_AUDIENCE | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.CORRECTION_OVERDUE: EventRule(
        "noted that a correction is overdue", notify=WHOLE_DESK | ON_DUTY, kind=NotificationKind.OBLIGATION
    ),
    SystemEvent.WEBHOOK_AUTO_DISABLE: EventRule(
        "disabled the webhook because its receiver is gone",
        notify={Audience.ADMINS, Audience.OWNER},
        kind=NotificationKind.ALERT,
    ),
    SystemEvent.WEBHOOK_AUTO_PAUSE: EventRule(
        "paused the webhook because its receiver has failed for three days",
        notify={Audience.ADMINS, Audience.OWNER},
        kind=NotificationKind.ALERT,
    ),
    SystemEvent.USER_LINK_PROVIDER: EventRule("linked the account to the identity provider"),
    SystemEvent.USER_RESET_ACCESS: EventRule(
        "removed all earlier access to the account", notify={Audience.OWNER}, kind=NotificationKind.ALERT
    ),
    SystemEvent.USER_MAP_ROLES: EventRule("applied the roles from the identity provider"),
    SystemEvent.PASSKEY_COPY_SUSPECTED: EventRule(
        "refused a passkey that may have been cloned",
        notify={Audience.ADMINS, Audience.OWNER},
        kind=NotificationKind.ALERT,
    ),
    SystemEvent.JOB_FAILED: EventRule(
        "recorded a failed job and sent an alert", notify={Audience.ADMINS}, kind=NotificationKind.ALERT
    ),
    SystemEvent.JOB_FAILED_SILENTLY: EventRule("recorded a failed job"),
    SystemEvent.JOB_OVERDUE: EventRule(
        "repeated the alert about failed jobs", notify={Audience.ADMINS}, kind=NotificationKind.ALERT
    ),
    SystemEvent.INTEGRITY_REPAIR: EventRule("repaired an integrity violation"),
    SystemEvent.INTEGRITY_ALERT: EventRule(
        "sent a data integrity alert", notify={Audience.ADMINS}, kind=NotificationKind.ALERT
    ),
    SystemEvent.INTEGRITY_RESOLVE: EventRule("closed the integrity finding"),
}
