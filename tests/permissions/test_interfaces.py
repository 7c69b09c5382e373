"""Every action of the table has an endpoint in the API and a button in the admin, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from editorial.api.openapi.scopes import action_of
from editorial.policy.actions import Action
from tests.admin.conftest import registered_pages

_OPENAPI = Path(__file__).parents[2] / "docs" / "reference" / "openapi.yaml"

_ADMINISTRATION = "work of administrators, who use the admin"
_OWN_ACCOUNT = "changes how an account signs in, which a stolen token must not"

WITHOUT_ENDPOINT = {
    Action.DESK_OPEN: _ADMINISTRATION,
    Action.JOB_ASSIGN: _ADMINISTRATION,
    Action.JOB_DISMISS: _ADMINISTRATION,
    Action.JOB_RETRY: _ADMINISTRATION,
    Action.JOB_TAKE: _ADMINISTRATION,
    Action.MATCHING_UNLOCK: _ADMINISTRATION,
    Action.USER_CREATE: _ADMINISTRATION,
    Action.USER_DEACTIVATE: _ADMINISTRATION,
    Action.USER_GRANT_ROLE: _ADMINISTRATION,
    Action.USER_REACTIVATE: _ADMINISTRATION,
    Action.USER_REVISE: _ADMINISTRATION,
    Action.USER_REVOKE_ROLE: _ADMINISTRATION,
    Action.PASSKEY_REGISTER: _OWN_ACCOUNT,
    Action.PASSKEY_REMOVE: _OWN_ACCOUNT,
    Action.PASSKEY_RENAME: _OWN_ACCOUNT,
    Action.SECOND_FACTOR_CONFIRM: _OWN_ACCOUNT,
    Action.SECOND_FACTOR_ENROLL: _OWN_ACCOUNT,
    Action.SECOND_FACTOR_REGENERATE_CODES: _OWN_ACCOUNT,
    Action.SECOND_FACTOR_REMOVE: _OWN_ACCOUNT,
    Action.USER_CHANGE_PASSWORD: _OWN_ACCOUNT,
}
WITHOUT_BUTTON = {
    Action.ACCOUNT_REQUEST_CHANGE: "requested by the buttons of the change, such as *Revise* and *Grant role*",
    Action.SUBSCRIPTION_FOLLOW: "its buttons need the right to see the object, not that to follow it",
    Action.SUBSCRIPTION_UNFOLLOW: "its button needs the right to see the object, not that to follow it",
}


def actions_with_endpoint() -> set[Action]:
    """The actions of all writes in the API's description, which test_schema.py compares with the API."""
    paths = yaml.load(_OPENAPI.read_text("utf-8"), Loader=yaml.CSafeLoader)["paths"]
    operations = ((method, operation) for methods in paths.values() for method, operation in methods.items())
    return {action_of(operation["operationId"]) for method, operation in operations if method != "get"}


def actions_with_button() -> set[Action]:
    """The actions of all buttons on pages of the admin."""
    return {button.action for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons)}


@pytest.mark.parametrize(
    ("offered", "exceptions"),
    [(actions_with_endpoint, WITHOUT_ENDPOINT), (actions_with_button, WITHOUT_BUTTON)],
    ids=["endpoint", "button"],
)
def test_every_action_is_offered_or_has_a_reason_why_not(offered, exceptions):
    assert set(Action) - offered() == set(exceptions)
