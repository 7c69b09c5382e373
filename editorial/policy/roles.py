"""Roles, token scopes, and the audiences of notifications."""

from editorial.policy.vocabulary import ChoiceEnum


class Role(ChoiceEnum):
    """A user's role at a desk, or at every desk."""

    REPORTER = "reporter"
    FACT_CHECKER = "fact_checker"
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
    EDITORS = "editors"  # of the desks concerned
    STANDARDS = "standards"  # standards editors of the desks concerned
    FACT_CHECKERS = "fact_checkers"  # of the desks concerned
    COPY_EDITORS = "copy_editors"  # of the desks concerned
    LAWYERS = "lawyers"  # of the desks concerned
    CUSTODIANS = "custodians"  # of the vault
    GUARDIANS = "guardians"  # custodians and standards editors, whatever their desk
    FORMER_GUARDIANS = "former_guardians"  # lost that role, an administrator's, or their account within days
    PROPOSER = "proposer"  # of the sign-off
    ASSIGNEE = "assignee"  # has, or had, the task or job
    REGISTRANT = "registrant"  # registered the source
    REQUESTER = "requester"  # sent the reply request
    ADMINS = "admins"  # of the installation
    OWNER = "owner"  # it is their account, the token acts for them, or they added the webhook
