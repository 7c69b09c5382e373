"""Administration: desks, users, policies, webhooks, subscriptions, dead letters."""

from __future__ import annotations

import pytest

from editorial import retries
from editorial.models import (
    Claim,
    CorroborationPolicy,
    Desk,
    Membership,
    MessageKind,
    OutboxMessage,
    User,
    WebhookEndpoint,
)
from editorial.policy.verification import thresholds
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.ops import dead_letters, webhooks
from editorial.workflow.people import subscriptions, users
from editorial.workflow.review import policies
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events

RULES = {name: rules for name, rules in thresholds.default_policy().to_dict().items() if name != "version"}
LAX = RULES | {"contentious": RULES["contentious"] | {"rows": [{"groups": 1}]}}


class TestUsers:
    def hire(self, room, actor, **fields):
        fields = {
            "username": "nina",
            "password": "a long and winding word",
            "email": "nina@newsroom.example",
            "memberships": [("reporter", room.desk.pk), ("fact_checker", None)],
        } | fields
        return users.create(**fields, actor=actor, now=room.now)

    @pytest.mark.parametrize(
        "password", ["Politics-2026!", "welcome-desk-1", "Gazette-Gazette", "Senior.Editor.1", "harbour-town-12"]
    )
    def test_a_password_of_the_newsrooms_own_words_is_refused(self, room, ada, settings, password):
        settings.PUBLISHER_NAME, settings.PASSWORD_WORDS = "The Daily Gazette", ["Harbour", "Town"]
        with assert_refused(ValidationFailed, "WEAK_PASSWORD"):
            self.hire(room, ada, password=password)

    def test_a_new_user_has_the_granted_roles(self, room, ada):
        nina = self.hire(room, ada)
        assert nina.facts().memberships == {("reporter", str(room.desk.pk)), ("fact_checker", None)}
        assert nina.check_password("a long and winding word")
        assert events(nina) == ["user.create"]

    def test_no_user_is_created_without_a_role_a_strong_password_and_an_email(self, room, ada):
        for fields in (
            {"memberships": []},
            {"memberships": [("king", None)]},
            {"password": "short"},
            {"email": "no address"},
            {"time_zone": "Europe/Atlantis"},
            {"username": ""},
        ):
            with pytest.raises(ValidationFailed):
                self.hire(room, ada, **fields)
        assert not User.objects.filter(username="nina").exists()

    def test_a_username_is_unique(self, room, ada):
        self.hire(room, ada)
        with pytest.raises((ValidationFailed, Conflict)):
            self.hire(room, ada)

    def test_a_desk_administrator_creates_no_users(self, room, edith):
        edith.memberships.create(desk=room.desk, role="admin")
        with assert_refused(Forbidden, "FORBIDDEN"):
            self.hire(room, edith)

    def test_the_last_administrator_cannot_be_removed(self, room, ada):
        link = Membership.objects.get(user=ada)
        with assert_refused(Conflict, "LAST_ADMIN"):
            users.revoke_role(membership_id=link.pk, actor=ada, now=room.now)
        with assert_refused(Conflict, "LAST_ADMIN"):
            users.deactivate(user_id=ada.pk, actor=ada, now=room.now)
        Membership.objects.create(user=room.people["edith"], role="admin")
        users.revoke_role(membership_id=link.pk, actor=ada, now=room.now)
        assert not Membership.objects.filter(pk=link.pk).exists()

    def test_a_deactivated_account_may_do_nothing_until_it_is_reactivated(self, room, ada, rosa):
        users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
        rosa.refresh_from_db()
        with assert_refused(Forbidden, "FORBIDDEN"):
            room.claim()
        users.reactivate(user_id=rosa.pk, actor=ada, now=room.now)
        room.people["rosa"].refresh_from_db()
        assert room.claim() in Claim.objects.all()
        assert events(rosa) == ["user.deactivate", "user.reactivate"]

    def test_the_name_of_a_desk_is_unique(self, room, ada):
        sport = users.open_desk(name="Sport", actor=ada, now=room.now)
        assert (sport.slug, events(sport)) == ("sport", ["desk.open"])
        with pytest.raises((ValidationFailed, Conflict)):
            users.open_desk(name="Sport", actor=ada, now=room.now)
        with pytest.raises(ValidationFailed):
            users.open_desk(name="  ", actor=ada, now=room.now)
        assert Desk.objects.filter(name__startswith="Sport").count() == 1


class TestPolicies:
    @pytest.fixture
    def chief(self, stan):
        stan.memberships.create(desk=None, role="standards_editor")
        return stan

    def adopt(self, room, actor, rules=LAX, **fields):
        return policies.adopt(name="Laxer", rules=rules, note="Agreed.", **fields, actor=actor, now=room.now)

    def test_a_new_version_is_applied_to_every_open_claim(self, room, chief):
        claim = room.claim()
        room.says(room.person(), claim)
        room.settle()
        assert claim.assessments.latest().finding != "verified"
        version = self.adopt(room, chief)
        assert (version.version, events(version)) == (2, ["policy.adopt"])
        room.settle()
        assert (claim.assessments.latest().finding, claim.assessments.latest().policy) == ("verified", version)

    def test_the_stored_policy_equals_the_adopted_one(self, room, chief):
        self.adopt(room, chief)
        _, parsed = policies.in_force(room.now)
        assert parsed.version == "2"
        assert parsed.rules == thresholds.PolicyRules.parse(LAX | {"version": "2"}).rules

    def test_a_scheduled_version_applies_from_its_date(self, room, chief):
        claim = room.claim()
        room.says(room.person(), claim)
        self.adopt(room, chief, in_force_at=room.now + HOUR)
        room.settle()
        assert claim.assessments.latest().finding != "verified"
        room.later(hours=1)
        room.settle()
        assert claim.assessments.latest().finding == "verified"

    def test_an_invalid_or_backdated_policy_is_refused(self, room, chief):
        for rules in ({}, RULES | {"mortal": {}}, RULES | {"routine": {"rows": []}}, RULES | {"routine": None}):
            with assert_refused(ValidationFailed, "INVALID_POLICY"):
                self.adopt(room, chief, rules=rules)
        with assert_refused(ValidationFailed, "INVALID_POLICY"):
            self.adopt(room, chief, rules=RULES | {"routine": RULES["routine"] | {"review_hours": 0.5}})
        with assert_refused(Conflict, "IN_THE_PAST"):
            self.adopt(room, chief, in_force_at=room.now - HOUR)
        assert CorroborationPolicy.objects.count() == 1

    def test_only_organization_wide_standards_editors_adopt_a_policy(self, room, stan):
        with assert_refused(Forbidden, "FORBIDDEN"):
            self.adopt(room, stan)


class TestWebhooks:
    def test_the_secret_is_shown_once_and_stored_encrypted(self, room, ada):
        endpoint, secret = webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/hook", actor=ada, now=room.now)
        assert secret.startswith("whsec_")
        assert secret.encode() not in bytes(endpoint.encrypted_secret)
        assert events(endpoint) == ["webhook.add"]
        with pytest.raises(Conflict):
            webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/hook", actor=ada, now=room.now)

    def test_a_disabled_webhook_starts_again_with_a_new_secret(self, room, ada):
        endpoint, secret = webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/hook", actor=ada, now=room.now)
        webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
        with assert_refused(Conflict, "ALREADY_DISABLED"):
            webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
        again, other = webhooks.add(desk_id=room.desk.pk, url="https://1.1.1.1/hook", actor=ada, now=room.now)
        assert again == endpoint
        assert other != secret
        assert WebhookEndpoint.objects.get().active

    @pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://10.0.0.1/", "ftp://1.1.1.1/", "no address", ""])
    def test_a_private_url_is_never_called(self, room, ada, url):
        with pytest.raises(ValidationFailed):
            webhooks.add(desk_id=room.desk.pk, url=url, actor=ada, now=room.now)


class TestFollowing:
    def test_a_subscription_has_one_visible_target(self, room, rosa, carl):
        claim, story = room.claim(), room.story()
        for target in ({"claim_id": claim.pk}, {"story_id": story.pk}, {"desk_id": room.desk.pk}):
            first = subscriptions.follow(**target, actor=rosa, now=room.now)
            assert subscriptions.follow(**target, by_mail=False, actor=rosa, now=room.now) == first
            with pytest.raises((NotFound, Forbidden)):
                subscriptions.follow(**target, actor=carl, now=room.now)
        assert rosa.subscriptions.filter(by_mail=False).count() == 3
        for targets in ({}, {"claim_id": claim.pk, "story_id": story.pk}):
            with assert_refused(ValidationFailed, "EXACTLY_ONE_TARGET"):
                subscriptions.follow(**targets, actor=rosa, now=room.now)
        subscriptions.unfollow(claim_id=claim.pk, actor=rosa, now=room.now)
        assert rosa.subscriptions.count() == 2


class TestDeadLetters:
    def test_retrying_a_dead_letter_records_the_actor(self, room, ada):
        claim = room.claim()
        job = OutboxMessage.objects.get(reference=str(claim.pk))
        with assert_refused(Conflict, "NOT_FAILED"):
            dead_letters.retry(message_id=job.pk, actor=ada, now=room.now)
        OutboxMessage.objects.filter(pk=job.pk).update(state="dead", attempts=retries.MAX_ATTEMPTS)
        dead_letters.retry(message_id=job.pk, actor=ada, now=room.now)
        assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1
        assert events(job) == ["job.retry"]
        room.settle()
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("done", 1)
