"""Accounts with the OpenID provider: which user each belongs to, and whether they are admitted.

Issuer and subject link a user to a provider account. A user whose groups map to no role is not admitted.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection

from editorial.models import ProviderAccount, User
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, validate_and_save
from editorial.workflow.core.errors import Reason
from editorial.workflow.core.locking import lock
from editorial.workflow.people import earlier_access, provider_roles
from editorial.workflow.people.openid_provider import VerifiedAccount

NO_ROLE = Reason(
    "NO_ROLE",
    "You signed in, but none of your groups has a role in this newsroom. Ask the administrator of your groups.",
)
_DEACTIVATED = Reason("ACCOUNT_DEACTIVATED", "Your newsroom account is deactivated. Ask an administrator.")
_NO_EMAIL = Reason(
    "EMAIL_NOT_VERIFIED",
    "The sign-in service sent no verified email address. Verify yours there, then sign in again.",
)
_TAKEN = Reason(
    "ACCOUNT_EXISTS",
    "A newsroom account with your username or email address already exists and is not linked to your sign-in. Ask "
    "an administrator.",
)


@atomic_action
def admit(*, account: VerifiedAccount, now: datetime) -> tuple[User | None, Reason | None]:
    """The user of this provider account, with their current roles, and why they are not admitted.

    A refusal is returned, not raised: an exception would roll back the removal of roles.
    """
    _serialize(account.issuer)
    roles = provider_roles.mapped_roles(account.claims.get(settings.OIDC_ROLES_CLAIM))
    link = ProviderAccount.objects.filter(issuer=account.issuer, subject=account.subject).first()
    user = link.user if link else None
    if user is None:
        if not roles:
            return None, NO_ROLE
        user, refusal = _find_or_create(account, now)
        if user is None:
            return None, refusal
        link = _link(account, user, now)
    if not user.is_active:
        return user, _DEACTIVATED
    if link is not None:
        link.last_sign_in_at = now
        link.save(update_fields=["last_sign_in_at"])
    # The returned user has the current session generation, with which the new session begins.
    user = provider_roles.map_roles(user_id=user.pk, roles=roles, actor=None, now=now)
    return user, None if roles else NO_ROLE


def _find_or_create(account: VerifiedAccount, now: datetime) -> tuple[User | None, Reason | None]:
    """The user to link a new account to, or why there is none. A person with two users could approve their own work."""
    email = account.text("email")
    if not email or not (account.claims.get("email_verified") is True or settings.OIDC_TRUST_EMAIL):
        return None, _NO_EMAIL
    username = account.text(settings.OIDC_USERNAME_CLAIM) or email
    same_email = list(User.objects.filter(email__iexact=email)[:2])
    if settings.OIDC_LINK_BY_EMAIL and len(same_email) == 1:
        user = lock(User, same_email[0].pk, None)
        if not ProviderAccount.objects.filter(user=user, issuer=account.issuer).exists():
            # The administrator who created the account may know its password, or hold a session or a second factor.
            earlier_access.reset(user, now=now)
            return user, None
    if same_email or User.objects.filter(username__iexact=username).exists():
        return None, _TAKEN
    return _create(account, username, email, now), None


def _create(account: VerifiedAccount, username: str, email: str, now: datetime) -> User:
    user = User(
        username=username,
        email=email,
        first_name=account.text("given_name")[:150],
        last_name=account.text("family_name")[:150],
        is_staff=True,  # Django requires this for the admin. Permissions follow from memberships alone.
    )
    user.set_unusable_password()
    validate_and_save(user)
    audit.log(user, Action.USER_CREATE, actor=None, now=now, roles=[], issuer=account.issuer)
    return user


def _link(account: VerifiedAccount, user: User, now: datetime) -> ProviderAccount:
    link = ProviderAccount(
        user=user, issuer=account.issuer, subject=account.subject, linked_at=now, last_sign_in_at=now
    )
    validate_and_save(link)
    audit.log(user, SystemEvent.USER_LINK_PROVIDER, actor=None, now=now, issuer=account.issuer, account=str(link.pk))
    return link


def _serialize(issuer: str) -> None:
    """Serialize admissions until the transaction ends. Two concurrent first sign-ins would create two users."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"newsroom provider {issuer}"],
        )
