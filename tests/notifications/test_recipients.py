"""Recipients of an event: mandatory, following, and never notified."""

from __future__ import annotations

from typing import Any

import pytest

from editorial import outbox
from editorial.models import Event, Membership, MessageKind, Notification, ReviewTask, User
from editorial.notifications import notices
from editorial.workflow.evidence import claims, source_repairs, sources, statements
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.people import passkeys, subscriptions, tokens, webauthn
from editorial.workflow.review import replies, signoffs, tasks
from editorial.workflow.stories import stories
from tests.notifications.conftest import NotifyingRoom, last_event
from tests.support.authenticator import SoftwareAuthenticator
from tests.support.cast import HOUR, run_concurrently


def test_a_withdrawal_notifies_authors_collectors_and_editors_but_not_its_actor(
    room: NotifyingRoom,
) -> None:
    claim = room.claim()
    statement = room.says(room.person(), claim, by="ruben")
    room.story(claim)
    statements.end(
        ended="withdrawn", statement_id=statement.pk, reason="She rang.", actor=room.people["edith"], now=room.now
    )
    room.settle()
    assert room.notified_usernames("statement.end") == {"rosa", "ruben", "edgar", "sena"}


def test_only_custodians_are_notified_that_two_unnamed_sources_are_one_person(room: NotifyingRoom, edgar: User) -> None:
    one, two, named, alias = (
        room.person("a keeper", unnamed=True), room.person("a clerk", unnamed=True), room.person(), room.person()
    )  # fmt: skip
    cuno = room.people["cuno"]
    sources.merge(
        source_id=named.pk, into_id=alias.pk, reason="A misspelling.", actor=room.people["edith"], now=room.now
    )
    room.settle()
    assert "edgar" in room.notified_usernames("source.merge")
    room.forget()
    sources.merge(source_id=one.pk, into_id=two.pk, reason="Same voice.", actor=cuno, now=room.now)
    room.settle()
    source_repairs.unmerge(source_id=one.pk, reason="Two voices.", actor=cuno, now=room.now)
    room.settle()
    assert room.notified_usernames("source.merge") == room.notified_usernames("source.unmerge") == set()
    Membership.objects.create(user=edgar, role="custodian", desk=room.desk)
    notices.notify(event_id=last_event("source.merge").pk, now=room.now)
    assert room.notified_usernames("source.merge") == {"edgar"}


def test_a_recipient_in_several_groups_is_notified_once(room: NotifyingRoom, rosa: User) -> None:
    claim = room.claim()
    statement = room.says(room.person(), claim)
    story = room.story(claim)
    for what in ({"claim_id": claim.pk}, {"story_id": story.pk}, {"desk_id": room.desk.pk}):
        subscriptions.follow(**what, actor=rosa, now=room.now)
    statements.end(
        ended="withdrawn", statement_id=statement.pk, reason="She rang.", actor=room.people["edith"], now=room.now
    )
    room.settle()
    assert len(room.notifications_of("rosa", "statement.end")) == 1


def test_notifying_again_only_reaches_new_recipients(room: NotifyingRoom, city: Any) -> None:
    room.says(room.person(), room.claim(), by="ruben")
    room.settle()
    event = last_event("claim.assess")
    assert notices.notify(event_id=event.pk, now=room.now) == []
    subscriptions.follow(desk_id=room.desk.pk, actor=room.people["felix"], now=room.now)
    assert [notice.user.username for notice in notices.notify(event_id=event.pk, now=room.now)] == ["felix"]


def test_an_author_at_another_desk_is_notified_of_the_claims_the_story_uses(room: NotifyingRoom, city: Any) -> None:
    claim = room.claim()
    theirs = NotifyingRoom(city, room.people).story(claim, by="hugo")
    carl, cleo = room.people["carl"], room.people["cleo"]
    stories.assign(story_id=theirs.pk, authors=[carl.pk], actor=cleo, now=room.now)
    room.says(room.person(), claim)
    room.settle()
    assert "carl" in room.notified_usernames("claim.assess")


def test_a_follower_who_may_not_see_a_claim_is_not_notified(room: NotifyingRoom, carl: User, ruben: User) -> None:
    claim = room.claim()
    with pytest.raises(Exception, match="you may not see it"):
        subscriptions.follow(claim_id=claim.pk, actor=carl, now=room.now)
    subscriptions.follow(claim_id=claim.pk, actor=ruben, now=room.now)
    Membership.objects.filter(user=ruben).delete()
    room.says(room.person(), claim)
    room.says(room.person(), claim, "denies", by="hugo")
    room.settle()
    assert room.notified_usernames("claim.assess") == {"rosa", "hugo"}


def test_an_inactive_account_is_not_notified(room: NotifyingRoom, gina: User) -> None:
    statement = room.says(room.person(), room.claim())
    statements.end(
        ended="withdrawn", statement_id=statement.pk, reason="She rang.", actor=room.people["edith"], now=room.now
    )
    room.settle()
    assert room.notified_usernames("statement.end") >= {"edgar"}
    assert not room.notifications_of("gina")


def test_an_editor_of_another_desk_is_not_notified(room: NotifyingRoom) -> None:
    room.cleared(room.claim())
    assert "edgar" in room.notified_usernames("story.submit")
    assert not room.notifications_of("cleo")


def test_followers_of_a_desk_are_notified_of_its_stories_and_claims(room: NotifyingRoom, felix: User) -> None:
    subscriptions.follow(desk_id=room.desk.pk, actor=felix, now=room.now)
    room.cleared(room.claim())
    room.says(room.person(), room.claim("It rained."))
    room.settle()
    assert {notice.event.action for notice in room.notifications_of("felix")} >= {
        "story.submit",
        "story.clear",
        "claim.assess",
    }
    subscriptions.unfollow(desk_id=room.desk.pk, actor=felix, now=room.now)
    heard = len(room.notifications_of("felix", "story."))
    room.cleared(room.claim("It snowed."))
    assert len(room.notifications_of("felix", "story.")) == heard


def test_revealing_a_name_notifies_custodians_and_who_registered_the_source(room: NotifyingRoom, felix: User) -> None:
    subscriptions.follow(desk_id=room.desk.pk, actor=felix, now=room.now)
    source = room.person("A guard", unnamed=True, identity_name="Jo Doe", identity_known_by="b. 1970")
    room.reveal(source, by="stan", second="cuno")
    room.settle()
    assert room.notified_usernames("source.request_unmask") == {"cuno", "ada"}
    assert room.notified_usernames("source.approve_unmask") == {"stan"}
    assert room.notified_usernames("source.unmask") == {"cuno", "rosa"}


def test_break_glass_alerts_everybody_who_looks_after_the_vault(room: NotifyingRoom, stan: User) -> None:
    source = room.person("A guard", unnamed=True, identity_name="Jo Doe", identity_known_by="b. 1970")
    unmasking.break_glass(source_id=source.pk, reason="A threat against them.", actor=stan, now=room.now)
    room.settle()
    assert room.notified_usernames("source.break_glass") == {"cuno", "ada", "rosa"}
    mailed = Notification.objects.filter(email__state="delivered", event__action="source.break_glass")
    assert set(mailed.values_list("user__username", flat=True)) == {"cuno", "ada", "rosa"}


def test_a_merge_is_notified_once_for_the_remaining_row(room: NotifyingRoom) -> None:
    claim, other = room.claim("The gate was open."), room.claim("The gate stood open.")
    room.says(room.person(), claim, by="ruben")
    room.settle()
    claims.merge(claim_id=claim.pk, into_id=other.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    assert Event.objects.filter(action="claim.merge").count() == 2
    assert [notice.path for notice in room.notifications_of("ruben", "claim.merge")] == [
        f"/admin/editorial/claim/{other.pk}/change/"
    ]


def test_each_desk_sees_only_its_claims_of_a_shared_request(room: NotifyingRoom, city: Any) -> None:
    ours = room.claim("The minister lied.")
    theirs = NotifyingRoom(city, room.people).claim("The mayor lied.", by="carl")
    NotifyingRoom(city, room.people).story(theirs, by="carl")
    request = replies.send(
        to_id=room.person("The spokesman").pk, covers=[ours.pk, theirs.pk], question="Did they?",
        deadline_at=room.now + HOUR, reason="It runs tonight.", actor=room.people["hugo"], now=room.now,
    )  # fmt: skip
    room.story(ours)
    replies.expire(request_id=request.pk, now=room.later(hours=2))
    room.settle()
    (carls,), (rosas,) = room.notifications_of("carl", "reply.expire"), room.notifications_of("rosa", "reply.expire")
    assert "mayor" in carls.body
    assert "minister" not in carls.body + carls.subject
    assert "minister" in rosas.body
    assert "mayor" not in rosas.body + rosas.subject
    assert "hugo" in room.notified_usernames("reply.expire")


def test_the_assignee_of_a_task_is_notified_of_its_expiry(room: NotifyingRoom, ruben: User) -> None:
    room.says(room.person(), room.claim())
    room.settle()
    task = ReviewTask.objects.filter(kind="SEEK_INDEPENDENT").get()
    tasks.take(task_id=task.pk, actor=ruben, now=room.now)
    tasks.expire(task_id=task.pk, now=room.later(hours=1))
    room.settle()
    assert room.notified_usernames("review.expire") == {"ruben"}


def test_the_proposer_is_notified_of_a_rejected_finding(room: NotifyingRoom) -> None:
    claim = room.corroborated()
    proposal = signoffs.propose(claim_id=claim.pk, actor=room.people["felix"], now=room.now)
    signoffs.reject(signoff_id=proposal.pk, reason="Ask her again.", actor=room.people["edith"], now=room.now)
    room.settle()
    assert room.notified_usernames("signoff.propose") == {"edith", "edgar", "sena"}
    assert room.notified_usernames("signoff.reject") == {"felix"}


def test_events_without_recipients_notify_nobody(room: NotifyingRoom) -> None:
    stories.pitch(desk_id=room.desk.pk, headline="The gate", body="", actor=room.people["rosa"], now=room.now)
    room.settle()
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_concurrent_workers_notify_each_recipient_once(room: NotifyingRoom) -> None:
    claim = room.claim()
    room.says(room.person(), claim)
    room.delivering = False
    room.settle()
    event = last_event("claim.assess")
    room.forget(event=event)
    for _ in range(2):
        outbox.send_each(MessageKind.NOTIFY, [event.pk], now=room.now)
    jobs = outbox.claim_batch(now=room.now)
    assert len(jobs) == 2
    outcomes = run_concurrently(*(lambda job=job: room.work(job.message, job.kind) for job in jobs * 2))
    assert [problem for problem in outcomes if problem] == []
    assert [notice.user.username for notice in Notification.objects.filter(event=event)] == ["rosa"]
    room.settle()
    assert Notification.objects.get(event=event).email is not None


def test_a_token_issued_by_someone_else_notifies_only_its_user(
    room: NotifyingRoom, ada: User, carl: User, hugo: User
) -> None:
    issued = tokens.issue(user_id=carl.pk, label="for Jo Roe", scopes=["file"], actor=ada, now=room.now)
    tokens.issue(user_id=hugo.pk, actor=hugo, now=room.now)
    room.settle()
    assert room.notified_usernames("token.issue") == {"carl"}
    (notice,) = room.notifications_of("carl", "token.issue")
    assert "ada issued an API token" in notice.body
    assert "read, file" in notice.body
    assert "4 March 2031, 19:00 (UTC)" in notice.body
    assert all(text not in notice.subject + notice.body for text in (issued.secret, "Jo Roe"))
    assert notice.path == f"/admin/editorial/token/{issued.token.pk}/change/"


def test_a_passkey_that_may_be_cloned_notifies_its_user_and_administrators(
    room: NotifyingRoom, carl: User, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://testserver"
    carl.session_digest = "a session"
    authenticator = SoftwareAuthenticator(counter=5)
    creation = authenticator.create(webauthn.registration_options(actor=carl, now=room.now))
    passkey = passkeys.register(name="key", credential=creation, actor=carl, now=room.now)
    authenticator.counter = 0
    options = webauthn.proof_options(actor=carl, now=room.now)
    assert options is not None
    assert not webauthn.check(assertion=authenticator.get(options), actor=carl, now=room.now)
    room.settle()
    assert room.notified_usernames("passkey.copy_suspected") == {"carl", "ada"}
    (notice,) = room.notifications_of("carl", "passkey.copy_suspected")
    assert notice.path == f"/admin/editorial/passkey/{passkey.pk}/change/"
