"""Earlier access: sessions, tokens and credentials from before an account gained rights or got its owner.

Somebody else may hold them, such as the administrator who created the account.
"""

from __future__ import annotations

from datetime import datetime

from editorial.models import Passkey, PasskeyChallenge, SecondFactor, User
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.people import protected_accounts, tokens


def end(user: User, *, actor: User | None, now: datetime) -> None:
    """End all sessions of an account and revoke its tokens. The caller holds the account's lock."""
    user.session_generation += 1
    user.save(update_fields=["session_generation"])
    tokens.revoke_all_of(user, actor=actor, now=now)


def reset(user: User, *, now: datetime) -> None:
    """Also remove the password and all second factors of an account that its owner takes over, and notify them."""
    user.set_unusable_password()
    user.password_expires_at = None
    user.save(update_fields=["password", "password_expires_at"])
    for model in (SecondFactor, Passkey, PasskeyChallenge):
        model.objects.filter(user=user).delete()
    protected_accounts.cancel_open(user, AccountChangeKind.PASSWORD, actor=None, now=now)
    end(user, actor=None, now=now)
    audit.log(user, SystemEvent.USER_RESET_ACCESS, actor=None, now=now)
