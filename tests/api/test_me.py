"""The user, their permissions, and the members of the desks."""

from editorial.models import Desk, Membership, User
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from tests.api.conftest import ApiClient, ClientFactory


def test_me_lists_what_a_reporter_may_do(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    me = client_for(rosa).get("me").json
    assert me["roles"] == [{"role": "reporter", "desk": str(politics.pk)}]
    (rights,) = me["permissions"]
    assert rights["desk"] == str(politics.pk)
    assert "claim.file" in rights["actions"]
    assert "story.publish" not in rights["actions"]
    assert "story.revise" in rights["own_actions"]
    assert "SEEK_INDEPENDENT" in rights["tasks"]


def test_me_lists_what_policy_allows(client_for: ClientFactory, rosa: User, politics: Desk, city: Desk) -> None:
    for role in Role:
        rosa.memberships.all().delete()
        Membership.objects.create(user=rosa, desk=politics, role=Role.REPORTER)
        Membership.objects.create(user=rosa, desk=city if role is not Role.ADMIN else None, role=role)
        permissions = {right["desk"]: set(right["actions"]) for right in client_for(rosa).get("me").json["permissions"]}
        for desk, verbs in permissions.items():
            subject = SubjectFacts(desks=frozenset({desk} if desk else ()))
            tasks = {Action.REVIEW_TAKE}
            allowed = {action for action in Action if access.may(rosa.facts(), action, subject)}
            assert verbs - tasks == allowed - tasks


def test_a_user_without_a_role_may_do_nothing(client_for: ClientFactory, noel: User) -> None:
    me = client_for(noel).get("me").json
    assert (me["roles"], me["permissions"]) == ([], [])
    assert client_for(noel).get("desks").json["results"] == []


def test_an_anonymous_request_is_asked_to_sign_in(nobody: ApiClient) -> None:
    response = nobody.get("me")
    assert (response.status, response.codes) == (401, ["NOT_AUTHENTICATED"])


def test_desks_are_listed_with_their_members(
    client_for: ClientFactory, carl: User, politics: Desk, rosa: User, gina: User
) -> None:
    assert [desk["name"] for desk in client_for(carl).get("desks").json["results"]] == ["City", "Politics"]
    people = client_for(carl).get(f"desks/{politics.pk}").json["people"]
    assert {"person": {"id": str(rosa.pk), "name": "rosa"}, "role": "reporter"} in people
    assert str(gina.pk) not in str(people)
    assert "@" not in str(people)
