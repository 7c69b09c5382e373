"""Imports every admin module, which registers its pages. The site must exist before."""

from editorial.admin.evidence import briefings, claims, exhibits, sources, statements  # noqa: F401 - each registers its pages
from editorial.admin.imports import imports, scheduled_imports  # noqa: F401 - each registers its pages
from editorial.admin.ops import (  # noqa: F401 - each registers its pages
    audit_log,
    dead_letters,
    integrity_findings,
    notification_records,
    webhook_deliveries,
    webhooks,
)
from editorial.admin.people import (  # noqa: F401 - each registers its pages
    account_changes,
    accounts,
    chat_channels,
    duty_shifts,
    email_preferences,
    notifications,
    passkeys,
    session_list,
    subscriptions,
    users,
)
from editorial.admin.review import comments, emailed_comments, policies, received_answers, replies, signoffs, tasks  # noqa: F401 - each registers its pages
from editorial.admin.stories import saved_searches, stories  # noqa: F401 - each registers its pages
