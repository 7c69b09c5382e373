"""The table of actions: one row per action, with scope, roles, recipients and audit sentence.

A role applies at one desk or, without a desk, at every desk. `access.may` decides by these rows; tests compare them
with docs/reference/roles.md. Four-eyes rules are in the actions, as they depend on what a person did, not on a role.
"""

from __future__ import annotations

from editorial.policy.action_names import Action as Action
from editorial.policy.action_rules import (
    ACCOUNT_AUDIENCE,
    CLAIM_AUDIENCE,
    RELIED,
    STORY_AUDIENCE,
    WHOLE_DESK,
    ActionRule,
)
from editorial.policy.roles import Audience, NotificationKind, Role, Scope

_REPORTING = frozenset({Role.REPORTER, Role.FACT_CHECKER, Role.EDITOR, Role.SENIOR_EDITOR})
_EDITORS = frozenset({Role.EDITOR, Role.SENIOR_EDITOR})
_ANYONE = frozenset(Role)
_RESTRICTORS = _EDITORS | {Role.LAWYER}
_ADMIN = frozenset({Role.ADMIN})
_VAULT_READERS = frozenset({Role.STANDARDS_EDITOR, Role.CUSTODIAN})
_VAULT_AUDIENCE = frozenset({Audience.CUSTODIANS, Audience.STANDARDS, Audience.ADMINS})
_ALERT_AUDIENCE = ACCOUNT_AUDIENCE | {Audience.FORMER_OVERSEERS}

ACTIONS: dict[str, ActionRule] = {
    Action.SEE: ActionRule(Scope.READ, "saw it", by=_ANYONE),
    Action.STORY_PITCH: ActionRule(Scope.FILE, "pitched the story", by=_EDITORS | {Role.REPORTER}),
    Action.STORY_ASSIGN: ActionRule(
        Scope.REVIEW, "assigned the story", by=_EDITORS, notify={Audience.AUTHORS}, kind=NotificationKind.WORK
    ),
    Action.STORY_REVISE: ActionRule(
        Scope.FILE, "revised the story", by=_EDITORS | {Role.COPY_EDITOR}, by_owner={Role.REPORTER}
    ),
    Action.STORY_SUBMIT: ActionRule(
        Scope.FILE,
        "submitted the story",
        by=_EDITORS,
        by_owner={Role.REPORTER},
        notify={Audience.EDITORS},
        kind=NotificationKind.WORK,
    ),
    Action.STORY_SEND_BACK: ActionRule(
        Scope.REVIEW, "sent the story back", by=_EDITORS, notify=STORY_AUDIENCE, kind=NotificationKind.WORK
    ),
    Action.STORY_CLEAR: ActionRule(
        Scope.SIGN, "cleared the story", by=_EDITORS, notify={Audience.AUTHORS, Audience.COPY_EDITORS}
    ),
    Action.STORY_SCHEDULE: ActionRule(Scope.SIGN, "scheduled the story", by=_EDITORS, notify={Audience.AUTHORS}),
    Action.STORY_UNSCHEDULE: ActionRule(
        Scope.SIGN, "took the story off the schedule", by=_EDITORS, notify=STORY_AUDIENCE
    ),
    Action.STORY_PUBLISH: ActionRule(Scope.SIGN, "published the story", by=_EDITORS, notify=STORY_AUDIENCE),
    Action.STORY_CORRECT: ActionRule(Scope.SIGN, "published a correction", by=_EDITORS, notify=STORY_AUDIENCE),
    Action.STORY_SCHEDULE_CORRECTION: ActionRule(
        Scope.SIGN, "scheduled a correction", by=_EDITORS, notify=STORY_AUDIENCE
    ),
    Action.STORY_CANCEL_CORRECTION: ActionRule(
        Scope.SIGN, "cancelled the scheduled correction", by=_EDITORS, notify=STORY_AUDIENCE
    ),
    Action.STORY_WITHHOLD: ActionRule(
        Scope.SIGN,
        "withheld the story",
        by=_EDITORS | {Role.STANDARDS_EDITOR},
        notify=WHOLE_DESK | RELIED,
        kind=NotificationKind.OBLIGATION,
    ),
    Action.STORY_RESTORE: ActionRule(
        Scope.SIGN, "published the story again", by=_EDITORS | {Role.STANDARDS_EDITOR}, notify=WHOLE_DESK | RELIED
    ),
    Action.STORY_RETRACT: ActionRule(
        Scope.SIGN,
        "retracted the story",
        by={Role.SENIOR_EDITOR, Role.STANDARDS_EDITOR},
        notify=WHOLE_DESK | RELIED,
        kind=NotificationKind.OBLIGATION,
    ),
    Action.STORY_SPIKE: ActionRule(Scope.SIGN, "spiked the story", by=_EDITORS, notify={Audience.AUTHORS}),
    Action.STORY_UNSPIKE: ActionRule(Scope.SIGN, "unspiked the story", by=_EDITORS, notify={Audience.AUTHORS}),
    Action.STORY_MOVE: ActionRule(Scope.REVIEW, "moved the story to another desk", by=_EDITORS, notify=STORY_AUDIENCE),
    Action.STORY_MERGE: ActionRule(
        Scope.REVIEW, "merged two drafts of one original", by=_EDITORS, notify=STORY_AUDIENCE
    ),
    Action.STORY_UNMERGE: ActionRule(
        Scope.REVIEW, "separated two drafts that were merged by mistake", by=_EDITORS, notify=STORY_AUDIENCE
    ),
    Action.STORY_CONFIRM_CONDITION: ActionRule(Scope.REVIEW, "confirmed a condition", by={Role.COPY_EDITOR}),
    Action.STORY_CONFIRM_NO_CLAIMS: ActionRule(
        Scope.SIGN, "confirmed that the copy makes no claims that need checking", by=_EDITORS | {Role.COPY_EDITOR}
    ),
    Action.STORY_OVERRIDE: ActionRule(
        Scope.SIGN, "overrode the gate", by={Role.SENIOR_EDITOR}, notify=WHOLE_DESK, kind=NotificationKind.OBLIGATION
    ),
    Action.STORY_RESTRICT: ActionRule(
        Scope.SIGN,
        "restricted the story",
        by=_RESTRICTORS,
        notify=WHOLE_DESK | {Audience.COPY_EDITORS},
        kind=NotificationKind.OBLIGATION,
    ),
    Action.STORY_LIFT_RESTRICTION: ActionRule(
        Scope.SIGN, "lifted a restriction on the story", by=_RESTRICTORS, notify=WHOLE_DESK
    ),
    Action.CLAIM_FILE: ActionRule(Scope.FILE, "filed the claim", by=_REPORTING),
    Action.CLAIM_REVISE: ActionRule(Scope.FILE, "revised the claim", by=_REPORTING),
    Action.CLAIM_SPLIT: ActionRule(Scope.FILE, "split the claim", by=_REPORTING),
    Action.CLAIM_MERGE: ActionRule(
        Scope.REVIEW, "merged two claims", by=_EDITORS | {Role.FACT_CHECKER}, notify=CLAIM_AUDIENCE
    ),
    Action.CLAIM_DROP: ActionRule(
        Scope.REVIEW, "dropped the claim", by=_EDITORS | {Role.FACT_CHECKER}, notify=CLAIM_AUDIENCE
    ),
    Action.CLAIM_CARRY: ActionRule(
        Scope.FILE, "changed which claims the utterance carries", by=_REPORTING, notify=CLAIM_AUDIENCE
    ),
    Action.CLAIM_MARK_DISTINCT: ActionRule(Scope.FILE, "marked it as not the same as another claim", by=_REPORTING),
    Action.CLAIM_UNMARK_DISTINCT: ActionRule(
        Scope.FILE, "undid that it is marked as not the same as another claim", by=_REPORTING
    ),
    Action.CLAIM_RESTRICT: ActionRule(
        Scope.SIGN,
        "restricted the claim",
        by=_RESTRICTORS,
        notify=CLAIM_AUDIENCE | WHOLE_DESK | {Audience.COPY_EDITORS},
        kind=NotificationKind.OBLIGATION,
    ),
    Action.CLAIM_LIFT_RESTRICTION: ActionRule(
        Scope.SIGN, "lifted a restriction on the claim", by=_RESTRICTORS, notify=CLAIM_AUDIENCE | WHOLE_DESK
    ),
    Action.SOURCE_REGISTER: ActionRule(Scope.FILE, "registered the source", by=_REPORTING),
    Action.SOURCE_REVISE: ActionRule(Scope.FILE, "revised the source", by=_REPORTING),
    Action.SOURCE_RATE: ActionRule(
        Scope.REVIEW, "rated the source", by=_EDITORS | {Role.FACT_CHECKER, Role.STANDARDS_EDITOR}
    ),
    Action.SOURCE_AUTHENTICATE: ActionRule(
        Scope.REVIEW, "recorded whether the source is genuine", by=_EDITORS | {Role.FACT_CHECKER, Role.STANDARDS_EDITOR}
    ),
    Action.SOURCE_PROTECT: ActionRule(
        Scope.FILE, "encrypted the identity in the vault", by=_REPORTING | {Role.CUSTODIAN}
    ),
    Action.SOURCE_REPLACE_IDENTITY: ActionRule(
        Scope.SIGN,
        "replaced the identity in the vault",
        by={Role.CUSTODIAN},
        notify={Audience.CUSTODIANS, Audience.REGISTRANT, Audience.ASSIGNEE},
        kind=NotificationKind.ALERT,
    ),
    Action.SOURCE_MATCH_IDENTITY: ActionRule(
        Scope.FILE, "matched the identity of a source", by=_REPORTING | {Role.CUSTODIAN}
    ),
    Action.SOURCE_VOUCH: ActionRule(Scope.SIGN, "vouched for the source", by=_EDITORS | {Role.STANDARDS_EDITOR}),
    Action.SOURCE_REQUEST_UNMASK: ActionRule(
        Scope.SIGN,
        "requested to reveal the source's identity",
        by=_VAULT_READERS,
        notify=_VAULT_AUDIENCE,
        kind=NotificationKind.ALERT,
    ),
    Action.SOURCE_APPROVE_UNMASK: ActionRule(
        Scope.SIGN,
        "approved revealing the source's identity",
        by=_VAULT_READERS | _ADMIN,
        notify={Audience.CUSTODIANS, Audience.ASSIGNEE},
        kind=NotificationKind.ALERT,
    ),
    Action.SOURCE_UNMASK: ActionRule(
        Scope.SIGN,
        "revealed the source's identity",
        by=_VAULT_READERS,
        notify={Audience.CUSTODIANS, Audience.REGISTRANT},
        kind=NotificationKind.ALERT,
    ),
    Action.SOURCE_BREAK_GLASS: ActionRule(
        Scope.SIGN,
        "revealed the source's identity without a second person",
        by=_VAULT_READERS,
        notify=_VAULT_AUDIENCE | {Audience.REGISTRANT},
        kind=NotificationKind.ALERT,
    ),
    Action.SOURCE_MERGE: ActionRule(
        Scope.REVIEW, "merged two sources", by=_EDITORS | {Role.CUSTODIAN}, notify={Audience.EDITORS}
    ),
    Action.SOURCE_UNMERGE: ActionRule(
        Scope.REVIEW,
        "separated two sources that were merged by mistake",
        by=_EDITORS | {Role.CUSTODIAN},
        notify={Audience.EDITORS},
    ),
    Action.STATEMENT_RECORD: ActionRule(Scope.FILE, "recorded a statement", by=_REPORTING),
    Action.STATEMENT_REVISE: ActionRule(Scope.FILE, "corrected a statement", by=_REPORTING),
    Action.STATEMENT_END: ActionRule(
        Scope.FILE, "recorded that a statement has ended", by=_REPORTING, notify=CLAIM_AUDIENCE | {Audience.EDITORS}
    ),
    Action.STATEMENT_REASSIGN: ActionRule(
        Scope.FILE,
        "reassigned a statement to the correct source",
        by=_REPORTING,
        notify=CLAIM_AUDIENCE | {Audience.EDITORS},
    ),
    Action.STATEMENT_STRIKE: ActionRule(
        Scope.FILE,
        "struck a statement that was recorded by mistake",
        by=_REPORTING,
        notify=CLAIM_AUDIENCE | {Audience.EDITORS},
    ),
    Action.STATEMENT_REOPEN: ActionRule(
        Scope.FILE,
        "reopened a statement that was marked as ended by mistake",
        by=_REPORTING,
        notify=CLAIM_AUDIENCE | {Audience.EDITORS},
    ),
    Action.STATEMENT_RELAY: ActionRule(Scope.FILE, "traced a statement to its origin", by=_REPORTING),
    Action.STATEMENT_UNDO_RELAY: ActionRule(Scope.FILE, "removed a link recorded by mistake", by=_REPORTING),
    Action.BRIEFING_RECORD: ActionRule(Scope.FILE, "recorded a briefing", by=_REPORTING),
    Action.EXHIBIT_ATTACH: ActionRule(Scope.FILE, "archived a copy", by=_REPORTING),
    Action.IMPORT_START: ActionRule(Scope.FILE, "started an import", by=_REPORTING),
    Action.IMPORT_CANCEL: ActionRule(Scope.FILE, "cancelled the import", by=_EDITORS, by_owner=_ANYONE),
    Action.SCHEDULED_IMPORT_ADD: ActionRule(Scope.FILE, "scheduled an import", by=_EDITORS | {Role.REPORTER}),
    Action.SCHEDULED_IMPORT_REVISE: ActionRule(
        Scope.FILE,
        "revised the scheduled import",
        by=_EDITORS,
        by_owner={Role.REPORTER},
        notify={Audience.ASSIGNEE},
    ),
    Action.SCHEDULED_IMPORT_PAUSE: ActionRule(
        Scope.FILE, "paused the scheduled import", by=_EDITORS, by_owner={Role.REPORTER}, notify={Audience.OWNER}
    ),
    Action.SCHEDULED_IMPORT_RESUME: ActionRule(
        Scope.FILE, "resumed the scheduled import", by=_EDITORS | {Role.REPORTER}
    ),
    Action.SCHEDULED_IMPORT_RUN: ActionRule(Scope.FILE, "ran the scheduled import", by=_REPORTING),
    Action.REPLY_SEND: ActionRule(Scope.FILE, "sent a request for comment", by=_REPORTING),
    Action.REPLY_ANSWER: ActionRule(
        Scope.FILE, "recorded the response to a request", by=_REPORTING, notify={Audience.AUTHORS, Audience.REQUESTER}
    ),
    Action.REPLY_WAIVE: ActionRule(Scope.SIGN, "waived the right of reply", by=_EDITORS),
    Action.RECEIVED_ANSWER_DISMISS: ActionRule(Scope.FILE, "dismissed an email that answers a request", by=_REPORTING),
    Action.REVIEW_TAKE: ActionRule(Scope.REVIEW, "took a task"),
    Action.REVIEW_EXTEND: ActionRule(Scope.REVIEW, "extended a task", by_owner=_ANYONE),
    Action.REVIEW_RELEASE: ActionRule(
        Scope.REVIEW, "released a task", by=_EDITORS, by_owner=_ANYONE, notify={Audience.ASSIGNEE}
    ),
    Action.REVIEW_FINISH: ActionRule(Scope.REVIEW, "finished a task", by_owner=_ANYONE),
    Action.REVIEW_ASSIGN: ActionRule(Scope.REVIEW, "assigned a task", by=_EDITORS, notify={Audience.ASSIGNEE}),
    Action.REVIEW_SNOOZE: ActionRule(Scope.REVIEW, "snoozed a task", by=_EDITORS, by_owner=_ANYONE),
    Action.SIGNOFF_PROPOSE: ActionRule(
        Scope.SIGN,
        "proposed the finding for signature",
        by={Role.FACT_CHECKER},
        notify={Audience.EDITORS},
        kind=NotificationKind.WORK,
    ),
    Action.SIGNOFF_APPROVE: ActionRule(
        Scope.SIGN, "approved the finding", by=_EDITORS, notify={Audience.AUTHORS, Audience.PROPOSER}
    ),
    Action.SIGNOFF_REJECT: ActionRule(
        Scope.SIGN,
        "rejected the finding",
        by=_EDITORS | {Role.STANDARDS_EDITOR},
        notify={Audience.AUTHORS, Audience.PROPOSER},
    ),
    Action.SIGNOFF_READ_STANDARDS: ActionRule(Scope.SIGN, "completed the standards review", by={Role.STANDARDS_EDITOR}),
    Action.SIGNOFF_READ_LEGAL: ActionRule(Scope.SIGN, "completed the legal review", by={Role.LAWYER}),
    Action.COMMENT_ADD: ActionRule(
        Scope.FILE,
        "commented",
        by=_ANYONE,
        notify={Audience.MENTIONED, Audience.COMMENTERS},
        kind=NotificationKind.COMMENT,
    ),
    Action.COMMENT_EDIT: ActionRule(
        Scope.FILE,
        "edited a comment",
        by_owner=_ANYONE,
        notify={Audience.MENTIONED},
        kind=NotificationKind.COMMENT,
    ),
    Action.COMMENT_RESOLVE: ActionRule(
        Scope.FILE,
        "resolved the thread",
        by=_ANYONE,
        notify={Audience.COMMENTERS},
        kind=NotificationKind.COMMENT,
    ),
    Action.COMMENT_REOPEN: ActionRule(
        Scope.FILE,
        "reopened the thread",
        by=_ANYONE,
        notify={Audience.COMMENTERS},
        kind=NotificationKind.COMMENT,
    ),
    Action.EMAILED_COMMENT_CONFIRM: ActionRule(Scope.FILE, "confirmed a comment by email", self_service=True),
    Action.EMAILED_COMMENT_DISMISS: ActionRule(Scope.FILE, "dismissed a comment by email", self_service=True),
    Action.WEBHOOK_ADD: ActionRule(Scope.MANAGE, "added a webhook", by=_ADMIN),
    Action.WEBHOOK_REVISE: ActionRule(Scope.MANAGE, "chose which events a webhook receives", by=_ADMIN),
    Action.WEBHOOK_DISABLE: ActionRule(Scope.MANAGE, "disabled a webhook", by=_ADMIN),
    Action.WEBHOOK_ROTATE: ActionRule(Scope.MANAGE, "rotated a webhook secret", by=_ADMIN),
    Action.WEBHOOK_PING: ActionRule(Scope.MANAGE, "sent a ping to a webhook", by=_ADMIN),
    Action.WEBHOOK_RESUME: ActionRule(Scope.MANAGE, "resumed a paused webhook", by=_ADMIN),
    Action.WEBHOOK_RESEND: ActionRule(Scope.MANAGE, "sent a delivery to a webhook again", by=_ADMIN),
    Action.NOTIFICATION_RESEND: ActionRule(Scope.MANAGE, "sent an email again", by=_ADMIN),
    Action.POLICY_ADOPT: ActionRule(Scope.MANAGE, "adopted a policy", by={Role.STANDARDS_EDITOR}),
    Action.JOB_RETRY: ActionRule(Scope.MANAGE, "retried a failed job", by=_ADMIN),
    Action.JOB_TAKE: ActionRule(Scope.MANAGE, "took over a failed job", by=_ADMIN),
    Action.JOB_ASSIGN: ActionRule(
        Scope.MANAGE, "reassigned a failed job", by=_ADMIN, notify={Audience.ASSIGNEE}, kind=NotificationKind.WORK
    ),
    Action.JOB_DISMISS: ActionRule(Scope.MANAGE, "dismissed a failed job", by=_ADMIN),
    Action.DESK_OPEN: ActionRule(Scope.MANAGE, "opened the desk", by=_ADMIN),
    Action.USER_CREATE: ActionRule(Scope.MANAGE, "created the account", by=_ADMIN),
    Action.USER_REVISE: ActionRule(Scope.MANAGE, "revised the account", by=_ADMIN),
    Action.USER_GRANT_ROLE: ActionRule(Scope.MANAGE, "granted a role", by=_ADMIN),
    Action.USER_REVOKE_ROLE: ActionRule(Scope.MANAGE, "revoked a role", by=_ADMIN),
    Action.USER_DEACTIVATE: ActionRule(Scope.MANAGE, "deactivated the account", by=_ADMIN),
    Action.USER_REACTIVATE: ActionRule(Scope.MANAGE, "reactivated the account", by=_ADMIN),
    Action.ACCOUNT_REQUEST_CHANGE: ActionRule(
        Scope.MANAGE,
        "requested a change to the account",
        by=_ADMIN,
        notify=ACCOUNT_AUDIENCE,
        kind=NotificationKind.ALERT,
    ),
    Action.ACCOUNT_APPROVE_CHANGE: ActionRule(
        Scope.MANAGE,
        "approved the change to the account",
        by=_ADMIN,
        notify=ACCOUNT_AUDIENCE,
        kind=NotificationKind.ALERT,
    ),
    Action.ACCOUNT_CANCEL_CHANGE: ActionRule(
        Scope.MANAGE,
        "cancelled the change to the account",
        by=_ADMIN,
        self_service=True,
        notify=ACCOUNT_AUDIENCE,
        kind=NotificationKind.ALERT,
    ),
    Action.ACCOUNT_BREAK_GLASS: ActionRule(
        Scope.MANAGE,
        "changed the account without a second administrator",
        by=_ADMIN,
        notify=_ALERT_AUDIENCE,
        kind=NotificationKind.ALERT,
    ),
    Action.DUTY_SHIFT_ASSIGN: ActionRule(
        Scope.REVIEW,
        "put an editor on duty",
        by=_EDITORS,
        notify={Audience.ASSIGNEE},
        kind=NotificationKind.WORK,
    ),
    Action.DUTY_SHIFT_CANCEL: ActionRule(
        Scope.REVIEW, "cancelled a duty shift", by=_EDITORS, notify={Audience.ASSIGNEE}, kind=NotificationKind.WORK
    ),
    Action.EMAIL_PREFERENCE_SET: ActionRule(
        Scope.FILE, "chose when to get email", by={Role.SENIOR_EDITOR}, self_service=True
    ),
    Action.QUIET_HOURS_SET: ActionRule(Scope.FILE, "set quiet hours", self_service=True),
    Action.CHAT_CHANNEL_ADD: ActionRule(Scope.MANAGE, "added a chat channel", by=_EDITORS, self_service=True),
    Action.CHAT_CHANNEL_SEND_TEST: ActionRule(
        Scope.MANAGE, "sent a test message to a chat channel", by=_EDITORS, self_service=True
    ),
    Action.CHAT_CHANNEL_REMOVE: ActionRule(Scope.MANAGE, "removed a chat channel", by=_EDITORS, self_service=True),
    Action.SAVED_SEARCH_SAVE: ActionRule(Scope.FILE, "saved a search", self_service=True),
    Action.SAVED_SEARCH_REVISE: ActionRule(Scope.FILE, "revised a saved search", self_service=True),
    Action.SAVED_SEARCH_DELETE: ActionRule(Scope.FILE, "deleted a saved search", self_service=True),
    Action.SUBSCRIPTION_FOLLOW: ActionRule(Scope.FILE, "followed it", self_service=True),
    Action.SUBSCRIPTION_UNFOLLOW: ActionRule(Scope.FILE, "unfollowed it", self_service=True),
    Action.USER_CHANGE_PASSWORD: ActionRule(Scope.MANAGE, "changed their password", self_service=True),
    Action.TOKEN_ISSUE: ActionRule(
        Scope.MANAGE,
        "issued the token",
        by=_ADMIN,
        self_service=True,
        notify={Audience.OWNER},
        kind=NotificationKind.ALERT,
    ),
    Action.SESSION_END: ActionRule(Scope.MANAGE, "ended a session", self_service=True),
    Action.TOKEN_REVOKE: ActionRule(Scope.MANAGE, "revoked the token", by=_ADMIN, self_service=True),
    Action.MATCHING_UNLOCK: ActionRule(
        Scope.MANAGE,
        "unlocked a person's identity matching",
        by=_ADMIN,
        notify={Audience.CUSTODIANS, Audience.ADMINS, Audience.ASSIGNEE},
        kind=NotificationKind.ALERT,
    ),
    Action.SECOND_FACTOR_ENROLL: ActionRule(Scope.MANAGE, "started setting up a second factor", self_service=True),
    Action.SECOND_FACTOR_CONFIRM: ActionRule(Scope.MANAGE, "confirmed the second factor", self_service=True),
    Action.SECOND_FACTOR_REGENERATE_CODES: ActionRule(Scope.MANAGE, "regenerated recovery codes", self_service=True),
    Action.SECOND_FACTOR_REMOVE: ActionRule(Scope.MANAGE, "removed the second factor", by=_ADMIN, self_service=True),
    Action.PASSKEY_REGISTER: ActionRule(Scope.MANAGE, "registered the passkey", self_service=True),
    Action.PASSKEY_RENAME: ActionRule(Scope.MANAGE, "renamed the passkey", self_service=True),
    Action.PASSKEY_REMOVE: ActionRule(Scope.MANAGE, "removed the passkey", by=_ADMIN, self_service=True),
}
