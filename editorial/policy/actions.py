"""What can be done, and which scope of a token is good for it. Who may do it is told by `access`."""

from __future__ import annotations

from editorial.policy.vocabulary import Term


class Verb(Term):
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
    STORY_TICK = "story.tick"
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
    SOURCE_RECOGNISE = "source.recognise"
    SOURCE_VOUCH = "source.vouch"
    SOURCE_UNMASK = "source.unmask"
    SOURCE_MERGE = "source.merge"
    STATEMENT_RECORD = "statement.record"
    STATEMENT_REVISE = "statement.revise"
    STATEMENT_WITHDRAW = "statement.withdraw"
    STATEMENT_RETRACT = "statement.retract"
    STATEMENT_RELAY = "statement.relay"
    BRIEFING_HOLD = "briefing.hold"
    EXHIBIT_ATTACH = "exhibit.attach"
    IMPORT_BEGIN = "import.begin"
    IMPORT_STOP = "import.stop"
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
    WEBHOOK_STOP = "webhook.stop"
    WEBHOOK_ROTATE = "webhook.rotate"
    POLICY_ADOPT = "policy.adopt"
    MESSAGE_REPLAY = "message.replay"
    MESSAGE_TAKE = "message.take"
    MESSAGE_ASSIGN = "message.assign"
    MESSAGE_SET_ASIDE = "message.set_aside"
    DESK_OPEN = "desk.open"
    PERSON_HIRE = "person.hire"
    PERSON_REVISE = "person.revise"
    PERSON_APPOINT = "person.appoint"
    PERSON_RELIEVE = "person.relieve"
    PERSON_SUSPEND = "person.suspend"
    PERSON_READMIT = "person.readmit"
    PERSON_CHANGE_PASSWORD = "person.change_password"  # noqa: S105 - a verb
    TOKEN_ISSUE = "token.issue"  # noqa: S105 - a verb
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 - a verb
    FACTOR_BEGIN = "factor.begin"
    FACTOR_CONFIRM = "factor.confirm"
    FACTOR_RENEW = "factor.renew"
    FACTOR_RESET = "factor.reset"


class Scope(Term):
    """What a token is good for. Every verb is within one of them."""

    READ = "read"
    FILE = "file"
    REVIEW = "review"
    SIGN = "sign"
    MANAGE = "manage"


# What each scope of a token is good for. To sign is to answer for something by name: what readers get, what is found,
# who is shielded. To manage is to look after the house.
WITHIN: dict[Scope, frozenset[Verb]] = {
    Scope.READ: frozenset({Verb.SEE}),
    Scope.FILE: frozenset({
        Verb.STORY_PITCH, Verb.STORY_REVISE, Verb.STORY_SUBMIT, Verb.CLAIM_FILE, Verb.CLAIM_REVISE, Verb.CLAIM_SPLIT,
        Verb.SOURCE_REGISTER, Verb.SOURCE_REVISE, Verb.SOURCE_PROTECT, Verb.SOURCE_RECOGNISE, Verb.STATEMENT_RECORD,
        Verb.STATEMENT_REVISE, Verb.STATEMENT_WITHDRAW, Verb.STATEMENT_RETRACT, Verb.STATEMENT_RELAY,
        Verb.BRIEFING_HOLD, Verb.EXHIBIT_ATTACH, Verb.IMPORT_BEGIN, Verb.IMPORT_STOP, Verb.REPLY_SEND,
        Verb.REPLY_ANSWER,
    }),
    Scope.REVIEW: frozenset({
        Verb.REVIEW_TAKE, Verb.REVIEW_EXTEND, Verb.REVIEW_RELEASE, Verb.REVIEW_FINISH, Verb.SOURCE_RATE,
        Verb.SOURCE_AUTHENTICATE, Verb.SOURCE_MERGE, Verb.CLAIM_MERGE, Verb.CLAIM_DROP, Verb.STORY_ASSIGN,
        Verb.STORY_TICK,
    }),
    Scope.SIGN: frozenset({
        Verb.SIGNOFF_PROPOSE, Verb.SIGNOFF_APPROVE, Verb.SIGNOFF_REJECT, Verb.SIGNOFF_READ_STANDARDS,
        Verb.SIGNOFF_READ_LEGAL, Verb.STORY_CLEAR, Verb.STORY_SCHEDULE, Verb.STORY_PUBLISH, Verb.STORY_CORRECT,
        Verb.STORY_WITHHOLD, Verb.STORY_RETRACT, Verb.STORY_SPIKE, Verb.STORY_OVERRIDE, Verb.SOURCE_VOUCH,
        Verb.SOURCE_UNMASK, Verb.REPLY_WAIVE,
    }),
    Scope.MANAGE: frozenset({
        Verb.WEBHOOK_ADD, Verb.WEBHOOK_STOP, Verb.WEBHOOK_ROTATE, Verb.POLICY_ADOPT, Verb.MESSAGE_REPLAY,
        Verb.MESSAGE_TAKE, Verb.MESSAGE_ASSIGN, Verb.MESSAGE_SET_ASIDE, Verb.DESK_OPEN, Verb.PERSON_HIRE,
        Verb.PERSON_REVISE, Verb.PERSON_APPOINT, Verb.PERSON_RELIEVE, Verb.PERSON_SUSPEND, Verb.PERSON_READMIT,
        Verb.PERSON_CHANGE_PASSWORD, Verb.TOKEN_ISSUE, Verb.TOKEN_REVOKE, Verb.FACTOR_BEGIN, Verb.FACTOR_CONFIRM,
        Verb.FACTOR_RENEW, Verb.FACTOR_RESET,
    }),
}  # fmt: skip
SCOPE_OF: dict[Verb, Scope] = {verb: scope for scope, verbs in WITHIN.items() for verb in verbs}
