"""A password validator that knows the newsroom's own words."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from editorial.models import Desk, User
from editorial.policy.people import password_words as policy
from editorial.policy.roles import Role

PRODUCT_WORDS = ("newsroom", "password", "welcome")
_HELP = "It must not be just the name of the newsroom, a desk or a role with a few characters added."


class NewsroomWordsValidator:
    """Refuses a password that consists mostly of the words in `words()`."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` if the password is guessable."""
        if policy.is_guessable(password, words()):
            raise ValidationError(
                "This password is mostly the name of the newsroom, of a desk or of a role. Add words of your own.",
                code="password_newsroom_words",
            )

    def get_help_text(self) -> str:
        """The rule in a line."""
        return _HELP


def words() -> set[str]:
    """Words of the product, publisher, site, desks and roles, and `PASSWORD_WORDS` (docs/operations/running.md)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return policy.split(
        *PRODUCT_WORDS,
        settings.PUBLISHER_NAME,
        *host.split(".")[:-1],
        *(role.replace("_", " ") for role in Role),
        *Desk.objects.values_list("name", flat=True),
        *settings.PASSWORD_WORDS,
    )
