"""Single sign-on in the admin, with a real provider: who is admitted, who is refused, and what they see."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pyotp
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.models import (
    Event,
    Membership,
    Passkey,
    ProviderAccount,
    ProviderSignIn,
    SecondFactor,
    SignIn,
    Token,
    User,
)
from editorial.notifications import notices
from editorial.workflow.people import devices, openid_provider, second_factors, tokens, users
from tests.admin.conftest import AdminBrowser, page_text
from tests.support.cast import Room, events
from tests.support.openid_provider import CLIENT_ID, OpenIDProvider
from tests.support.people import app_of
from tests.support.provider_sign_in import NINA, at_provider, come_back, outcomes, refusal, sign_in, start

INDEX = "/admin/"
NOT_PROVED = "could not confirm your identity"


def _roles(user: User) -> set[tuple[str, str | None]]:
    return set(user.memberships.values_list("role", "desk__slug"))


class TestGettingIn:
    def test_the_sign_in_page_offers_it_only_when_configured(self, provider: OpenIDProvider, settings: Any) -> None:
        page = Client().get(reverse("admin:login"), {"next": "/admin/editorial/claim/"}).content.decode()
        assert "Sign in with the Gazette account" in page
        assert f"{reverse('admin:oidc_start')}?next=%2Fadmin%2Feditorial%2Fclaim%2F" in page
        settings.OIDC_CLIENT_SECRET = ""
        assert "Sign in with" not in Client().get(reverse("admin:login")).content.decode()
        for name in ("oidc_start", "oidc_callback"):
            assert Client().get(reverse(f"admin:{name}")).status_code == 404

    def test_a_new_colleague_gets_an_account_with_the_roles_of_her_groups(self, provider: OpenIDProvider) -> None:
        client = Client()
        response = sign_in(client, next="/admin/editorial/claim/")
        assert (response.status_code, response["Location"]) == (302, "/admin/editorial/claim/")
        nina = User.objects.get(username="nina")
        assert client.get(INDEX).status_code == 200
        assert devices.recognize("nina", cookie=client.cookies["newsroom_device"].value)
        assert _roles(nina) == {("editor", "politics")}
        assert (nina.email, nina.get_full_name()) == ("nina@newsroom.example", "Nina Vale")
        assert not nina.has_usable_password()
        account = ProviderAccount.objects.get()
        assert (account.issuer, account.subject, account.user) == (provider.issuer, NINA["sub"], nina)
        assert events(nina) == ["user.create", "user.link_provider", "user.map_roles"]
        page = AdminBrowser(User.objects.create(username="admin", email="a@newsroom.example", is_active=True))
        Membership.objects.create(user=page.person, role="admin")
        assert "Linked to 127.0.0.1" in page_text(page.page(nina))
        assert Event.objects.filter(actor=None, stream=f"user:{nina.pk}").count() == 3
        (attempt,) = SignIn.objects.all()
        assert (attempt.interface, attempt.outcome, attempt.user) == ("oidc", "succeeded", nina)
        assert nina.last_login is not None
        assert not ProviderSignIn.objects.exists()

    def test_the_request_is_bound_to_this_browser_and_to_nothing_else(self, provider: OpenIDProvider) -> None:
        client = Client()
        query = parse_qs(urlsplit(start(client)).query)
        cookie: Any = client.cookies["newsroom_oidc"]
        assert query["state"] == [cookie.value]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert query["redirect_uri"] == ["http://testserver/admin/login/oidc/callback/"]
        under_way = ProviderSignIn.objects.get()
        assert query["nonce"] == [under_way.nonce]
        assert cookie.value not in str(ProviderSignIn.objects.values().get())

    def test_the_next_page_is_on_this_site(self, provider: OpenIDProvider) -> None:
        assert sign_in(Client(), next="https://evil.example/")["Location"] == INDEX
        assert sign_in(Client(), next="//evil.example/")["Location"] == INDEX

    @pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
    def test_a_link_elsewhere_starts_no_sign_in(self, provider: OpenIDProvider, origin: str) -> None:
        query = {"next": "/admin/editorial/claim/"}
        response = Client().get(reverse("admin:oidc_start"), query, headers={"Sec-Fetch-Site": origin})
        assert response["Location"] == f"{reverse('admin:login')}?next=%2Fadmin%2Feditorial%2Fclaim%2F"
        assert not ProviderSignIn.objects.exists()

    def test_the_button_of_the_sign_in_page_starts_one(self, provider: OpenIDProvider) -> None:
        pressed = Client().get(reverse("admin:oidc_start"), headers={"Sec-Fetch-Site": "same-origin"}, secure=True)
        assert pressed["Location"].startswith(provider.issuer)
        unknown = Client().get(reverse("admin:oidc_start"), secure=True)
        assert unknown["Location"] == reverse("admin:login")

    def test_sign_out_ends_the_session_here(self, provider: OpenIDProvider) -> None:
        client = Client()
        sign_in(client)
        response = client.post(reverse("admin:logout"))
        assert client.get(INDEX).status_code == 302
        assert "the Gazette account" not in page_text(response), "this provider has no sign-out page"

    def test_sign_out_offers_to_sign_out_at_the_provider(self, provider: OpenIDProvider) -> None:
        provider.unusual_metadata = {"end_session_endpoint": f"{provider.issuer}/logout"}
        client = Client()
        sign_in(client)
        page = client.post(reverse("admin:logout"))
        assert "Sign out of the Gazette account" in page_text(page)
        (link,) = re.findall(r'href="([^"]+/logout[?][^"]+)"', page.content.decode())
        assert dict(parse_qsl(urlsplit(unescape(link)).query)) == {
            "client_id": CLIENT_ID,
            "post_logout_redirect_uri": "http://testserver/admin/login/",
        }

    def test_sign_out_works_while_the_provider_is_down(self, provider: OpenIDProvider) -> None:
        client = Client()
        sign_in(client)
        openid_provider._metadata.clear()
        provider.down = True
        page = client.post(reverse("admin:logout"))
        assert (page.status_code, client.get(INDEX).status_code) == (200, 302)

    def test_others_are_not_sent_to_the_provider(self, provider: OpenIDProvider, room: Room) -> None:
        provider.unusual_metadata = {"end_session_endpoint": f"{provider.issuer}/logout"}
        client = Client()
        client.force_login(room.people["rosa"])
        assert "Gazette" not in page_text(client.post(reverse("admin:logout")))

    def test_the_session_id_changes(self, provider: OpenIDProvider) -> None:
        client = Client()
        client.get(reverse("admin:login"))
        session = client.session
        session["planted"] = "yes"
        session.save()
        client.cookies["sessionid"] = session.session_key
        sign_in(client)
        assert client.session.session_key != session.session_key

    def test_no_token_of_the_provider_is_stored(self, provider: OpenIDProvider) -> None:
        client, signed = Client(), []
        provider.forge = lambda claims: (
            signed.append(jwt.encode(claims, provider.key.private, "RS256", {"kid": provider.key.kid})) or signed[-1]
        )  # type: ignore[func-returns-value]
        sign_in(client)
        assert signed
        assert signed[0] not in str(dict(client.session)) + str(client.cookies)

    def test_a_token_for_the_api_is_issued_in_the_admin(self, provider: OpenIDProvider) -> None:
        client = Client()
        sign_in(client)
        nina = User.objects.get(username="nina")
        url = reverse("admin:editorial_token_action_new", args=["token.issue"])
        data = {"user_id": str(nina.pk), "label": "CMS", "scopes": ["read"], "ttl": "a week"}
        assert client.post(url, data).status_code == 200
        assert Token.objects.get().user == nina


class TestRoles:
    def test_a_user_without_a_mapped_group_is_refused(self, provider: OpenIDProvider) -> None:
        for groups in (None, [], ["staff"], ["moon"], {"editors": True}):
            provider.person["groups"] = groups
            client = Client()
            assert "none of your groups has a role" in refusal(sign_in(client))
            assert client.get(INDEX).status_code == 302
        assert not User.objects.filter(username="nina").exists()
        assert set(outcomes()) == {"not_admitted"}

    def test_roles_follow_the_groups_at_each_sign_in_and_are_on_record(self, provider: OpenIDProvider) -> None:
        sign_in(Client())
        nina = User.objects.get(username="nina")
        provider.person["groups"] = ["reporters"]
        sign_in(Client())
        assert _roles(nina) == {("reporter", "politics"), ("reporter", "city")}
        politics = str(Membership.objects.get(user=nina, desk__slug="politics").desk_id)
        change = Event.objects.filter(action="user.map_roles").latest("number").data
        assert change["removed"] == [["editor", politics]]
        assert {role for role, _ in change["added"]} == {"reporter"}
        assert len(change["added"]) == 2
        sign_in(Client())
        assert Event.objects.filter(action="user.map_roles").count() == 2, "no change, no event"

    def test_a_user_who_leaves_every_group_loses_every_role_even_in_open_sessions(
        self, provider: OpenIDProvider
    ) -> None:
        open_session = Client()
        sign_in(open_session)
        nina = User.objects.get(username="nina")
        provider.person["groups"] = []
        assert "none of your groups" in refusal(sign_in(Client()))
        assert _roles(nina) == set()
        assert events(nina)[-1] == "user.map_roles"
        assert open_session.get(INDEX).status_code == 302

    def test_a_deactivated_account_stays_out_and_gets_no_role(self, provider: OpenIDProvider) -> None:
        sign_in(Client())
        User.objects.filter(username="nina").update(is_active=False)
        provider.person["groups"] = ["admins"]
        assert "is deactivated" in refusal(sign_in(Client()))
        assert _roles(User.objects.get(username="nina")) == {("editor", "politics")}


class TestLinking:
    def test_the_same_subject_is_the_same_user_whatever_their_address(self, provider: OpenIDProvider) -> None:
        sign_in(Client())
        provider.person |= {"email": "n.vale@newsroom.example", "preferred_username": "nvale"}
        sign_in(Client())
        assert ProviderAccount.objects.get().user.username == "nina"

    def test_an_email_address_alone_takes_over_no_account(self, provider: OpenIDProvider, rosa: User) -> None:
        for person in ({"email": "ROSA@newsroom.example"}, {"preferred_username": "Rosa"}):
            provider.person = NINA | person
            assert "is not linked" in refusal(sign_in(Client()))
        assert not ProviderAccount.objects.exists()
        assert User.objects.filter(email="nina@newsroom.example").count() == 0

    def test_a_verified_address_links_if_the_setting_says_so(
        self, provider: OpenIDProvider, rosa: User, settings: Any
    ) -> None:
        settings.OIDC_LINK_BY_EMAIL = True
        provider.person |= {"email": "Rosa@newsroom.example", "email_verified": False}
        assert "no verified email address" in refusal(sign_in(Client()))
        provider.person["email_verified"] = "true"
        assert "no verified email address" in refusal(sign_in(Client())), "a text is no truth value"
        provider.person["email_verified"] = True
        assert sign_in(Client())["Location"] == INDEX
        assert ProviderAccount.objects.get().user == rosa
        assert _roles(rosa) == {("editor", "politics")}
        assert events(rosa) == ["user.reset_access", "user.link_provider", "user.map_roles"]
        provider.person["sub"] = "another"
        assert "is not linked" in refusal(sign_in(Client())), "a second account there is not a second key to hers"

    def test_nobody_who_used_the_account_before_keeps_access(
        self, provider: OpenIDProvider, room: Room, ada: User, settings: Any
    ) -> None:
        """An administrator creates an account with a colleague's address, and logs in to it. Later the colleague
        signs in through the provider for the first time, and gets a role that opens the vault."""
        settings.OIDC_LINK_BY_EMAIL = True
        settings.OIDC_ROLES = {"keepers": ["custodian", "politics"]}
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        credentials = {"username": "mona", "password": "proof before print, always"}
        mona = users.create(
            **credentials, email="mona@newsroom.example", memberships=[("reporter", room.desk.pk)], actor=ada,
            now=room.now,
        )  # fmt: skip
        User.objects.filter(pk=mona.pk).update(password_expires_at=None)  # as if she had replaced the temporary one
        planted, mona_at_home = Client(), Client()
        planted.post(reverse("admin:login"), credentials)
        assert planted.get(INDEX).status_code == 200
        token = tokens.issue(user_id=mona.pk, actor=mona, now=timezone.now()).token
        second_factors.enroll(actor=mona, now=timezone.now())
        Passkey.objects.create(
            user=mona, name="a key", credential_id="a", credential_data="b", registered_at=timezone.now()
        )

        User.objects.filter(pk=mona.pk).update(password_expires_at=timezone.now())  # an administrator chose another
        provider.person |= {"preferred_username": "mona.vale", "email": mona.email, "groups": ["keepers"]}
        assert sign_in(mona_at_home)["Location"] == INDEX
        assert _roles(mona) == {("custodian", "politics")}
        assert mona_at_home.get(INDEX).status_code == 200
        assert planted.get(INDEX).status_code == 302
        token.refresh_from_db()
        assert token.revoked_at is not None
        assert not SecondFactor.objects.filter(user=mona).exists()
        assert not Passkey.objects.filter(user=mona).exists()
        mona.refresh_from_db()
        assert not mona.has_usable_password()
        assert mona.password_expires_at is None, "otherwise she would be asked to change it"
        told = Event.objects.get(stream=f"user:{mona.pk}", action="user.reset_access")
        (notice,) = notices.notify(event_id=told.pk, now=timezone.now())
        assert (notice.user, notice.subject) == (mona, "Account linked to single sign-on")
        assert mona_at_home.get(notice.path).status_code == 200

    def test_an_unverified_address_makes_no_account_unless_the_provider_is_trusted(
        self, provider: OpenIDProvider, settings: Any
    ) -> None:
        provider.person["email_verified"] = None
        assert "no verified email address" in refusal(sign_in(Client()))
        settings.OIDC_TRUST_EMAIL = True
        assert sign_in(Client())["Location"] == INDEX

    def test_passwords_of_linked_accounts_are_off_unless_the_setting_says_otherwise(
        self, provider: OpenIDProvider, room: Room, settings: Any
    ) -> None:
        settings.OIDC_LINK_BY_EMAIL = True
        rosa, password = room.people["rosa"], "proof before print, always"
        rosa.set_password(password)
        rosa.save()
        credentials = {"username": "rosa", "password": password}
        assert Client().post(reverse("admin:login"), credentials).status_code == 302
        provider.person["email"] = rosa.email
        sign_in(Client())
        settings.OIDC_PASSWORDS = True
        assert Client().post(reverse("admin:login"), credentials).status_code == 200, "the earlier one was removed"
        rosa.refresh_from_db()
        rosa.set_password(password)
        rosa.save()
        settings.OIDC_PASSWORDS = False
        assert "Password sign-in is disabled" in page_text(Client().post(reverse("admin:login"), credentials))
        by_api = Client().post("/api/v1/tokens", credentials, content_type="application/json")
        assert (by_api.status_code, by_api.json()["errors"][0]["code"]) == (401, "PASSWORD_SIGN_IN_OFF")
        settings.OIDC_PASSWORDS = True
        assert Client().post(reverse("admin:login"), credentials).status_code == 302


class TestSecondFactor:
    @pytest.fixture
    def app(self, provider: OpenIDProvider, room: Room) -> pyotp.TOTP:
        """Nina has an account, and an app for one-time codes."""
        sign_in(Client())
        return app_of(User.objects.get(username="nina"), room)

    def test_our_second_factor_is_required_after_the_providers_sign_in(
        self, provider: OpenIDProvider, app: pyotp.TOTP, room: Room
    ) -> None:
        client = Client()
        step = reverse("admin:second_factor")
        assert sign_in(client, next="/admin/editorial/claim/")["Location"] == step
        assert client.get(INDEX).status_code == 302, "not in yet"
        assert "Code" in page_text(client.get(step))
        assert "wrong or was already used" in page_text(client.post(step, {"code": "000000"}))
        assert "Enter an app or recovery code" in page_text(client.post(step, {"code": ""}))
        assert client.post(step, {"code": app.at(room.now, counter_offset=1)})["Location"] == "/admin/editorial/claim/"
        assert client.get(INDEX).status_code == 200
        assert outcomes()[1:] == ["code_missing", "wrong_code", "code_missing", "succeeded"]

    def test_guesses_of_the_code_are_limited(self, provider: OpenIDProvider, app: pyotp.TOTP) -> None:
        client, step = Client(), reverse("admin:second_factor")
        sign_in(client)
        for _ in range(10):
            client.post(step, {"code": "000000"})
        assert "Too many failed attempts" in page_text(client.post(step, {"code": app.now()}))

    def test_the_step_ends_after_minutes_a_deactivation_or_a_new_password(
        self, provider: OpenIDProvider, app: pyotp.TOTP
    ) -> None:
        step, nina = reverse("admin:second_factor"), User.objects.get(username="nina")
        assert "Start again" in refusal(Client().get(step))
        late, out, changed = Client(), Client(), Client()
        for client in (late, out, changed):
            sign_in(client)
        session = late.session
        session["second_step"] |= {"started_at": (timezone.now() - timedelta(minutes=6)).isoformat()}
        session.save()
        User.objects.filter(pk=nina.pk).update(is_active=False)
        assert "Start again" in refusal(out.post(step, {"code": app.now()}))
        User.objects.filter(pk=nina.pk).update(is_active=True)
        assert "Start again" in refusal(late.post(step, {"code": app.now()}))
        nina.set_password("a long and winding word")
        nina.save()
        assert "Start again" in refusal(changed.post(step, {"code": app.now()}))

    @pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "phr"}])
    def test_the_providers_counts_if_the_setting_says_so(
        self, provider: OpenIDProvider, app: pyotp.TOTP, settings: Any, claims: dict[str, Any]
    ) -> None:
        provider.claims = claims
        assert sign_in(Client())["Location"] == reverse("admin:second_factor")
        settings.OIDC_SECOND_FACTOR_AMR, settings.OIDC_SECOND_FACTOR_ACR = ["mfa"], ["phr"]
        assert sign_in(Client())["Location"] == INDEX
        provider.claims = {"amr": ["pwd"], "acr": "1"}
        assert sign_in(Client())["Location"] == reverse("admin:second_factor")

    def test_a_role_that_requires_one_accepts_the_providers(self, provider: OpenIDProvider, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ["editor"]
        enrollment = reverse("admin:editorial_secondfactor_changelist")
        client = Client()
        sign_in(client)
        assert client.get(INDEX)["Location"] == enrollment
        assert client.get("/api/v1/me").status_code == 401
        settings.OIDC_SECOND_FACTOR_AMR, provider.claims = ["mfa"], {"amr": ["mfa"]}
        client = Client()
        sign_in(client)
        assert client.get(INDEX).status_code == 200
        assert client.get("/api/v1/me").status_code == 200


def test_no_page_of_the_sign_in_is_cached(provider: OpenIDProvider) -> None:
    client = Client()
    url = start(client)
    for response in (client.get(reverse("admin:oidc_start")), come_back(client, at_provider(url))):
        assert "no-store" in response["Cache-Control"]
