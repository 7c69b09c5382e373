"""Roles, token scopes, and the audiences and kinds of notifications."""

from editorial.policy.vocabulary import ChoiceEnum


class Role(ChoiceEnum):
    """A user's role at a desk, or at every desk."""

    REPORTER = "reporter"
    FACT_CHECKER = "fact_checker", "Fact-checker"
    COPY_EDITOR = "copy_editor"
    EDITOR = "editor"
    SENIOR_EDITOR = "senior_editor"
    STANDARDS_EDITOR = "standards_editor"
    LAWYER = "lawyer"
    CUSTODIAN = "custodian"
    ADMIN = "admin"


class Scope(ChoiceEnum):
    """What a token allows. Each action belongs to one scope.

    `sign` covers actions for which a person answers by name; `manage` covers accounts, webhooks and failed jobs.
    """

    READ = "read"
    FILE = "file"
    REVIEW = "review"
    SIGN = "sign"
    MANAGE = "manage"


class Audience(ChoiceEnum):
    """A group of recipients, derived from the event's object."""

    AUTHORS = "authors"  # of the story, or of stories that use the claim
    COLLECTORS = "collectors"  # recorded statements on the claim
    SIGNATORIES = "signatories"  # proposed or signed the claim's finding, or read it for standards or law
    CONFIRMERS = "confirmers"  # confirmed a condition, or that the copy makes no claims
    HOLDERS = "holders"  # hold a task on the claim
    REVIEWERS = "reviewers"  # may do the tasks that opened
    DUTY_EDITORS = "duty_editors"  # on duty at the desks concerned
    EDITORS = "editors"  # of the desks concerned
    STANDARDS = "standards"  # standards editors of the desks concerned
    FACT_CHECKERS = "fact_checkers"  # of the desks concerned
    COPY_EDITORS = "copy_editors"  # of the desks concerned
    LAWYERS = "lawyers"  # of the desks concerned
    CUSTODIANS = "custodians"  # of the vault
    OVERSEERS = "overseers"  # custodians and standards editors of all desks
    FORMER_OVERSEERS = "former_overseers"  # recently lost that role, an administrator's role, or their account
    PROPOSER = "proposer"  # of the sign-off
    ASSIGNEE = "assignee"  # has, or had, the task or job; or assigned the task that is returned
    REGISTRANT = "registrant"  # registered the source
    REQUESTER = "requester"  # sent the reply request
    ADMINS = "admins"  # of the installation
    MENTIONED = "mentioned"  # the comment mentions them, or a desk of theirs
    COMMENTERS = "commenters"  # wrote in the thread
    OWNER = "owner"  # the account, token, passkey or email is theirs, or they added the webhook or scheduled the import


class NotificationKind(ChoiceEnum):
    """Why a person is notified. Recipients choose for each kind when to get email, except for the mandatory ones.

    In order of importance: the first kinds come first in an email about several notifications.
    """

    ALERT = "alert", "Alerts about accounts, the vault and the installation"
    OBLIGATION = "obligation", "Remedies, missed deadlines and voided decisions"
    WORK = "work", "Work waiting for you"
    COMMENT = "comment", "Comments that mention you, and replies in your threads"
    CHANGE = "change", "Changes that concern your work"
    QUEUE = "queue", "New tasks that you may do"

    @property
    def mandatory(self) -> bool:
        """Whether its emails are sent immediately, whatever the recipient chose."""
        return self in (NotificationKind.ALERT, NotificationKind.OBLIGATION)
