"""The first account of a newsroom."""

import pytest
from django.core.management import CommandError, call_command

from editorial.models import User
from editorial.policy.access import may
from editorial.policy.actions import Action
from editorial.workflow.people.users import ORGANISATION

GOOD = "a-long-and-unusual-one"


@pytest.mark.django_db
def test_the_first_administrator_can_be_created(monkeypatch, capsys):
    monkeypatch.setenv("NEWSROOM_ADMIN_PASSWORD", GOOD)
    call_command("create_admin", "alma", "alma@newsroom.example")
    alma = User.objects.get(username="alma")
    assert alma.check_password(GOOD)
    assert may(alma.facts(), Action.USER_CREATE, ORGANISATION)
    assert "alma can now sign in" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_weak_password_creates_no_user_and_is_explained(monkeypatch):
    monkeypatch.setenv("NEWSROOM_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="No account was created"):
        call_command("create_admin", "alma", "alma@newsroom.example")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_name_that_is_taken_is_refused_with_a_message(monkeypatch):
    monkeypatch.setenv("NEWSROOM_ADMIN_PASSWORD", GOOD)
    call_command("create_admin", "alma", "alma@newsroom.example")
    with pytest.raises(CommandError, match="No account was created"):
        call_command("create_admin", "alma", "other@newsroom.example")
