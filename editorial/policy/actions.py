"""What can be done, and which scope of a token is good for it. Who may do it is told by `access`."""

from __future__ import annotations

from editorial.policy.vocabulary import ChoiceEnum


class Action(ChoiceEnum):
    """Everything that a person can do to editorial data, and seeing it."""

    SEE = "see"
    STORY_PITCH = "story.pitch"
    STORY_ASSIGN = "story.assign"
    STORY_REVISE = "story.revise"
    STORY_SUBMIT = "story.submit"
    STORY_CLEAR = "story.clear"
    STORY_SCHEDULE = "story.schedule"
    STORY_PUBLISH = "story.publish"
    STORY_CORRECT = "story.correct"
    STORY_WITHHOLD = "story.withhold"
    STORY_RETRACT = "story.retract"
    STORY_SPIKE = "story.spike"
    STORY_CONFIRM_CONDITION = "story.confirm_condition"
    STORY_OVERRIDE = "story.override"
    CLAIM_FILE = "claim.file"
    CLAIM_REVISE = "claim.revise"
    CLAIM_SPLIT = "claim.split"
    CLAIM_MERGE = "claim.merge"
    CLAIM_DROP = "claim.drop"
    SOURCE_REGISTER = "source.register"
    SOURCE_REVISE = "source.revise"
    SOURCE_RATE = "source.rate"
    SOURCE_AUTHENTICATE = "source.authenticate"
    SOURCE_PROTECT = "source.protect"
    SOURCE_MATCH_IDENTITY = "source.match_identity"
    SOURCE_VOUCH = "source.vouch"
    SOURCE_UNMASK = "source.unmask"
    SOURCE_MERGE = "source.merge"
    STATEMENT_RECORD = "statement.record"
    STATEMENT_REVISE = "statement.revise"
    STATEMENT_WITHDRAW = "statement.withdraw"
    STATEMENT_RETRACT = "statement.retract"
    STATEMENT_RELAY = "statement.relay"
    BRIEFING_RECORD = "briefing.record"
    EXHIBIT_ATTACH = "exhibit.attach"
    IMPORT_START = "import.start"
    IMPORT_CANCEL = "import.cancel"
    REPLY_SEND = "reply.send"
    REPLY_ANSWER = "reply.answer"
    REPLY_WAIVE = "reply.waive"
    REVIEW_TAKE = "review.take"
    REVIEW_EXTEND = "review.extend"
    REVIEW_RELEASE = "review.release"
    REVIEW_FINISH = "review.finish"
    SIGNOFF_PROPOSE = "signoff.propose"
    SIGNOFF_APPROVE = "signoff.approve"
    SIGNOFF_REJECT = "signoff.reject"
    SIGNOFF_READ_STANDARDS = "signoff.read_standards"
    SIGNOFF_READ_LEGAL = "signoff.read_legal"
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_DISABLE = "webhook.disable"
    WEBHOOK_ROTATE = "webhook.rotate"
    POLICY_ADOPT = "policy.adopt"
    JOB_RETRY = "job.retry"
    JOB_TAKE = "job.take"
    JOB_ASSIGN = "job.assign"
    JOB_DISMISS = "job.dismiss"
    DESK_OPEN = "desk.open"
    USER_CREATE = "user.create"
    USER_REVISE = "user.revise"
    USER_GRANT_ROLE = "user.grant_role"
    USER_REVOKE_ROLE = "user.revoke_role"
    USER_DEACTIVATE = "user.deactivate"
    USER_REACTIVATE = "user.reactivate"
    USER_CHANGE_PASSWORD = "user.change_password"  # noqa: S105 - a verb
    TOKEN_ISSUE = "token.issue"  # noqa: S105 - a verb
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 - a verb
    SECOND_FACTOR_ENROLL = "second_factor.enroll"
    SECOND_FACTOR_CONFIRM = "second_factor.confirm"
    SECOND_FACTOR_REGENERATE_CODES = "second_factor.regenerate_codes"
    SECOND_FACTOR_REMOVE = "second_factor.remove"


class Scope(ChoiceEnum):
    """What a token is good for. Every verb is within one of them."""

    READ = "read"
    FILE = "file"
    REVIEW = "review"
    SIGN = "sign"
    MANAGE = "manage"


# What each scope of a token is good for. To sign is to answer for something by name: what readers get, what is found,
# who is shielded. To manage is to look after the house.
SCOPE_PERMISSIONS: dict[Scope, frozenset[Action]] = {
    Scope.READ: frozenset({Action.SEE}),
    Scope.FILE: frozenset({
        Action.STORY_PITCH, Action.STORY_REVISE, Action.STORY_SUBMIT, Action.CLAIM_FILE, Action.CLAIM_REVISE, Action.CLAIM_SPLIT,
        Action.SOURCE_REGISTER, Action.SOURCE_REVISE, Action.SOURCE_PROTECT, Action.SOURCE_MATCH_IDENTITY, Action.STATEMENT_RECORD,
        Action.STATEMENT_REVISE, Action.STATEMENT_WITHDRAW, Action.STATEMENT_RETRACT, Action.STATEMENT_RELAY,
        Action.BRIEFING_RECORD, Action.EXHIBIT_ATTACH, Action.IMPORT_START, Action.IMPORT_CANCEL, Action.REPLY_SEND,
        Action.REPLY_ANSWER,
    }),
    Scope.REVIEW: frozenset({
        Action.REVIEW_TAKE, Action.REVIEW_EXTEND, Action.REVIEW_RELEASE, Action.REVIEW_FINISH, Action.SOURCE_RATE,
        Action.SOURCE_AUTHENTICATE, Action.SOURCE_MERGE, Action.CLAIM_MERGE, Action.CLAIM_DROP, Action.STORY_ASSIGN,
        Action.STORY_CONFIRM_CONDITION,
    }),
    Scope.SIGN: frozenset({
        Action.SIGNOFF_PROPOSE, Action.SIGNOFF_APPROVE, Action.SIGNOFF_REJECT, Action.SIGNOFF_READ_STANDARDS,
        Action.SIGNOFF_READ_LEGAL, Action.STORY_CLEAR, Action.STORY_SCHEDULE, Action.STORY_PUBLISH, Action.STORY_CORRECT,
        Action.STORY_WITHHOLD, Action.STORY_RETRACT, Action.STORY_SPIKE, Action.STORY_OVERRIDE, Action.SOURCE_VOUCH,
        Action.SOURCE_UNMASK, Action.REPLY_WAIVE,
    }),
    Scope.MANAGE: frozenset({
        Action.WEBHOOK_ADD, Action.WEBHOOK_DISABLE, Action.WEBHOOK_ROTATE, Action.POLICY_ADOPT, Action.JOB_RETRY,
        Action.JOB_TAKE, Action.JOB_ASSIGN, Action.JOB_DISMISS, Action.DESK_OPEN, Action.USER_CREATE,
        Action.USER_REVISE, Action.USER_GRANT_ROLE, Action.USER_REVOKE_ROLE, Action.USER_DEACTIVATE, Action.USER_REACTIVATE,
        Action.USER_CHANGE_PASSWORD, Action.TOKEN_ISSUE, Action.TOKEN_REVOKE, Action.SECOND_FACTOR_ENROLL, Action.SECOND_FACTOR_CONFIRM,
        Action.SECOND_FACTOR_REGENERATE_CODES, Action.SECOND_FACTOR_REMOVE,
    }),
}  # fmt: skip
SCOPE_OF: dict[Action, Scope] = {verb: scope for scope, verbs in SCOPE_PERMISSIONS.items() for verb in verbs}
