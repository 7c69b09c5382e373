"""Every noun that has pages; importing it registers them. The site itself must be there before."""

from editorial.admin import (  # noqa: F401 - each registers its pages
    accounts,
    claims,
    discrepancies,
    events,
    exhibits,
    imports,
    notifications,
    outbox,
    policies,
    replies,
    reviews,
    signoffs,
    sources,
    statements,
    stories,
    subscriptions,
    users,
    webhooks,
)
