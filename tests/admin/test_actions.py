"""Each button calls its verb, with the person who pressed it and the time; a refusal is a sentence on the form."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.models import (
    Claim,
    Desk,
    Event,
    Exhibit,
    IdentityRecord,
    IntegrityFinding,
    Membership,
    OutboxMessage,
    Relay,
    ReplyRequest,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
    User,
)
from editorial.workflow.review import replies, signoffs, tasks
from editorial.workflow.stories import stories
from tests.admin.conftest import action_url, page_text, registered_pages
from tests.support.sample_newsroom import SECRET_KNOWN_BY, SECRET_NAME


def done(answer, row=None):
    """It was done, and the visitor was sent on."""
    assert answer.status_code == 302, page_text(answer)[:2000]
    if row is not None:
        row.refresh_from_db()
    return row


class TestClaims:
    def test_filing_one(self, room, visit):
        party = room.person()
        done(
            visit("rosa").submit(
                Claim, "claim.file", text="The lock broke.", kind="content", risk="serious",
                adverse_to=[str(party.pk)], desk_id=str(room.desk.pk),
            )
        )  # fmt: skip
        claim = Claim.objects.get(text="The lock broke.")
        assert claim.filed_by == room.people["rosa"]
        assert list(claim.adverse_to.all()) == [party]

    def test_revising_splitting_and_dropping(self, room, visit):
        claim, rosa = room.claim(), visit("rosa")
        done(
            rosa.submit(claim, "claim.revise", text="It was shut.", kind="content", risk="routine", expected_version=1),
            claim,
        )
        assert (claim.text, claim.risk) == ("It was shut.", "routine")
        done(rosa.submit(claim, "claim.split", texts="It was shut.\nIt was locked."))
        assert claim.member_links.count() == 2
        other = room.claim("Another.")
        done(visit("felix").submit(other, "claim.drop", reason="Nobody said so."), other)
        assert other.dropped_at

    def test_merging_lands_on_the_claim_that_stays(self, room, visit):
        one, other = room.claim(), room.claim("The gate stood open.")
        answer = visit("felix").submit(one, "claim.merge", into_id=str(other.pk))
        assert str(other.pk) in answer["Location"]
        done(answer, one)
        assert one.merged_into == other

    def test_a_stale_version_is_reported_and_the_input_is_kept(self, room, visit):
        claim, rosa = room.claim(), visit("rosa")
        rosa.submit(claim, "claim.revise", text="First.", kind="content", risk="contentious", expected_version=1)
        answer = rosa.submit(
            claim, "claim.revise", text="Second.", kind="content", risk="contentious", expected_version=1
        )
        assert answer.status_code == 409
        assert "Someone else changed this while you were editing" in page_text(answer)
        assert b"Second." in answer.content
        claim.refresh_from_db()
        assert claim.text == "First."
        assert f'name="expected_version" value="{claim.version}"' in answer.content.decode(), (
            "pressing again is informed"
        )


class TestStatements:
    def test_recording_one(self, room, visit):
        claim, source = room.claim(), room.person()
        done(
            visit("rosa").submit(
                claim, "statement.record", source_id=str(source.pk), stance="affirms", directness="first_hand",
                obtained_by="us", quote="I saw it.", said_at="2026-01-02T12:00",
            )
        )  # fmt: skip
        recorded = Statement.objects.get()
        assert (recorded.collected_by.username, recorded.terms, recorded.quote) == ("rosa", "on_record", "I saw it.")

    def test_revising_moving_withdrawing_and_retracting(self, room, visit):
        claim, rosa = room.claim(), visit("rosa")
        said = room.says(room.person(), claim)
        given = {
            "stance": "denies",
            "directness": "first_hand",
            "terms": "background",
            "obtained_by": "us",
            "expected_version": said.version,
        }
        done(rosa.submit(said, "statement.revise", **given), said)
        assert (said.stance, said.terms) == ("denies", "background")
        other = room.claim("Another.")
        done(rosa.submit(said, "statement.revise.move", claim_id=str(other.pk)), said)
        assert said.claim == other
        done(rosa.submit(said, "statement.withdraw", reason="Phoned."), said)
        done(rosa.submit(said, "statement.retract", reason="Page one."), said)
        assert said.withdrawn_at
        assert said.retracted_at

    def test_tracing_one_to_its_origin_and_back(self, room, visit):
        claim, rosa = room.claim(), visit("rosa")
        origin = room.says(room.person(), claim)
        derived = room.says(room.source("outlet"), claim, directness="relayed")
        done(rosa.submit(derived, "statement.relay", origin_id=str(origin.pk)))
        relay = Relay.objects.get()
        assert (relay.derived, relay.origin) == (derived, origin)
        done(rosa.submit(relay, "statement.relay.not", reason="It was the other mayor."))
        assert not Relay.objects.exists()

    def test_archiving_a_copy_and_getting_it_back_as_it_was(self, room, visit):
        said = room.says(room.person(), room.claim())
        given = {"title": "Log", "text": "<script>x</script>", "desk_id": str(room.desk.pk)}
        done(visit("rosa").submit(said, "exhibit.attach", **given), said)
        assert said.exhibit.text == "<script>x</script>"
        assert b"<script>x</script>" not in visit("rosa").page(said.exhibit).content

    def test_a_kept_file_is_saved_and_never_shown(self, room, visit):
        from io import BytesIO

        file = BytesIO(b"<script>x</script>")
        file.name = "who-gave-it.html"
        given = {"title": "Page", "file": file, "desk_id": str(room.desk.pk)}
        done(visit("rosa").submit(Exhibit, "exhibit.attach", **given))
        exhibit = Exhibit.objects.get()
        answer = visit("rosa").client.get(reverse("admin:editorial_exhibit_file", args=[exhibit.pk]))
        assert b"".join(answer.streaming_content) == b"<script>x</script>"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox"
        assert "who-gave-it" not in str(answer.headers)
        assert visit("cleo").client.get(reverse("admin:editorial_exhibit_file", args=[exhibit.pk])).status_code == 404


class TestSources:
    def test_registering_an_unnamed_one_seals_who_it_is(self, room, visit):
        given = {
            "type": "person", "name": "a clerk", "unnamed": "on", "identity_name": SECRET_NAME,
            "identity_known_by": SECRET_KNOWN_BY, "desk_id": str(room.desk.pk),
        }  # fmt: skip
        answer = visit("rosa").client.post(action_url(Source, "source.register"), given, follow=True)
        assert SECRET_NAME not in answer.content.decode()
        source = Source.objects.get(name="a clerk")
        assert IdentityRecord.objects.filter(source=source).exists()

    def test_a_refused_form_does_not_send_the_name_back(self, room, visit):
        given = {
            "type": "person", "name": "a clerk", "identity_name": SECRET_NAME, "identity_known_by": SECRET_KNOWN_BY,
            "desk_id": str(room.desk.pk),
        }  # fmt: skip
        answer = visit("rosa").submit(Source, "source.register", **given)
        assert answer.status_code == 422
        assert "Only an unnamed source can have a confidential identity." in page_text(answer)
        assert b"a clerk" in answer.content, "the rest is kept"
        assert SECRET_NAME not in answer.content.decode()

    def test_rating_vouching_protecting_authenticating_revising(self, room, visit):
        person, paper = room.person("Joan Dell"), room.paper(authenticated=False)
        done(visit("felix").submit(person, "source.rate", reliability="A", reason="Years."), person)
        assert person.reliability == "A"
        protect = {"name": "a clerk", "identity_name": "Joan Dell", "identity_known_by": "1970"}
        done(visit("rosa").submit(person, "source.protect", **protect), person)
        assert (person.name, person.unnamed, person.editor_knows) == ("a clerk", True, False)
        done(visit("edith").submit(person, "source.vouch", reason="I met her."), person)
        assert person.editor_knows
        done(visit("felix").submit(paper, "source.authenticate", reason="Seal compared."), paper)
        assert paper.authenticated
        revised = {"name": "The ledger", "author": str(person.pk), "expected_version": paper.version}
        done(visit("rosa").submit(paper, "source.revise", **revised), paper)
        assert (paper.name, paper.author) == ("The ledger", person)

    def test_merging_two(self, room, visit):
        one, other = room.person(), room.person()
        done(visit("edith").submit(one, "source.merge", into_id=str(other.pk), reason="Same voice."), one)
        assert one.merged_into == other

    def test_the_vault_is_opened_on_one_page_only_and_leaves_no_trace_but_the_record(self, room, visit, caplog):
        hidden = room.person("a clerk", unnamed=True, identity_name=SECRET_NAME, identity_known_by=SECRET_KNOWN_BY)
        keeper = visit("cuno")
        asked = keeper.open_form(hidden, "source.unmask")
        assert SECRET_NAME not in asked.content.decode()
        answer = keeper.submit(hidden, "source.unmask", reason="A threat against her.")
        assert answer.status_code == 200
        assert SECRET_NAME in page_text(answer)
        assert "no-store" in answer["Cache-Control"]
        assert not list(get_messages(answer.wsgi_request))
        assert SECRET_NAME not in str(dict(keeper.client.session.items()))
        assert SECRET_NAME not in caplog.text
        look = Event.objects.filter(action="source.unmask").get()
        assert (look.actor.username, look.data["reason"]) == ("cuno", "A threat against her.")
        assert SECRET_NAME not in page_text(keeper.page(hidden))

    def test_without_permission_to_unmask_the_page_names_who_has_it(self, room, visit):
        hidden = room.person("a clerk", unnamed=True, identity_name=SECRET_NAME, identity_known_by=SECRET_KNOWN_BY)
        answer = visit("edith").submit(hidden, "source.unmask", reason="Curious.")
        assert answer.status_code == 403
        assert "Only these roles may do this: custodian, standards editor." in page_text(answer)
        assert not Event.objects.filter(action="source.unmask").exists()


class TestReplies:
    def test_asking_a_party_and_noting_the_answer(self, room, visit):
        party = room.person()
        claim, rosa = room.claim(adverse_to=[party.pk]), visit("rosa")
        assert "Has not been asked for comment" in page_text(rosa.page(claim))
        deadline = f"{timezone.localtime() + timedelta(hours=5):%Y-%m-%dT%H:%M}"
        form = rosa.open_form(claim, "reply.send", to_id=str(party.pk))
        assert str(party.pk) in form.content.decode()
        given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "question": "Was it?", "deadline_at": deadline}
        done(rosa.submit(claim, "reply.send", **given))
        request = ReplyRequest.objects.get()
        done(rosa.submit(request, "reply.answer", outcome="declined", respondent_id=str(party.pk)), request)
        assert request.outcome == "declined"
        assert request.respondent_key == str(party.pk)

    def test_a_deadline_is_read_on_the_clock_of_whoever_types_it(self, room, visit, people):
        people["rosa"].time_zone = "Asia/Tokyo"
        people["rosa"].save()
        party = room.person()
        claim = room.claim(adverse_to=[party.pk])
        given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "question": "Was it?"}
        done(visit("rosa").submit(claim, "reply.send", deadline_at="2099-05-01T18:00", **given))
        assert ReplyRequest.objects.get().deadline_at.isoformat() == "2099-05-01T09:00:00+00:00"

    def test_waiving(self, room, visit):
        party = room.person()
        claim = room.claim(adverse_to=[party.pk])
        given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "reason": "Safety."}
        done(visit("edith").submit(claim, "reply.waive", **given))
        assert ReplyRequest.objects.get().outcome == "waived"


class TestReviews:
    def test_taking_the_next_holding_it_and_giving_it_back(self, room, visit):
        room.says(room.person(), room.claim())
        room.settle()
        felix = visit("felix")
        done(felix.submit(ReviewTask, "review.take.corroborate"))
        task = ReviewTask.objects.get(taken_by=room.people["felix"])
        assert task.queue == "corroborate"
        assert "Assigned to you" in page_text(felix.page(task))
        lease = task.lease_until
        done(felix.submit(task, "review.extend"), task)
        assert task.lease_until > lease
        done(felix.submit(task, "review.release"), task)
        assert task.taken_by is None

    def test_finishing_both_ways(self, room, visit):
        room.says(room.person(), room.claim())
        room.settle()
        felix, (one, other) = visit("felix"), ReviewTask.objects.filter(kind__in=["SEEK_INDEPENDENT", "ARCHIVE"])
        for task in (one, other):
            done(felix.submit(task, "review.take"), task)
        done(felix.submit(one, "review.finish.found", note="Two more."), one)
        assert (one.state, one.ended_by.username) == ("found", "felix")
        refused = felix.submit(other, "review.finish.exhausted", note=" ")
        assert refused.status_code == 422
        done(felix.submit(other, "review.finish.exhausted", note="Rang everybody."), other)
        assert other.state == "exhausted"

    def test_an_empty_queue_says_so(self, room, visit):
        answer = visit("felix").client.post(action_url(ReviewTask, "review.take.investigate"), follow=True)
        assert "No task for you in this queue right now." in page_text(answer)

    def test_a_task_somebody_else_took_is_refused_with_who_has_it(self, room, visit):
        room.says(room.person(), room.claim())
        room.settle()
        task = ReviewTask.objects.filter(kind__startswith="SEEK").first()
        tasks.take(task_id=task.pk, actor=room.people["faye"], now=timezone.now())
        answer = visit("felix").submit(task, "review.take")
        assert answer.status_code == 409
        assert "faye has taken this task" in page_text(answer)

    def test_a_task_links_to_the_action_that_resolves_it(self, room, visit):
        party = room.person()
        claim = room.claim(adverse_to=[party.pk])
        room.says(room.person(reliability="F"), claim)
        room.settle()
        felix = visit("felix")
        for kind, button in {
            "SEND_REPLY_REQUEST": "reply.send",
            "SEEK_INDEPENDENT": "statement.record",
            "ASSESS_SOURCE": "source.rate",
            "ARCHIVE": "exhibit.attach",
        }.items():
            task = ReviewTask.objects.filter(claim=claim, kind=kind).first()
            page = felix.page(task).content.decode()
            assert f"/action/{button}/" in page, kind
            assert "next=" in page


class TestSigning:
    def test_two_people_sign(self, room, visit):
        claim = room.corroborated()
        done(visit("felix").submit(claim, "signoff.propose", reason="Both were there."))
        proposal = Signoff.objects.get()
        refused = visit("felix").submit(proposal, "signoff.approve")
        assert refused.status_code == 403
        done(visit("edgar").submit(proposal, "signoff.approve"), proposal)
        claim.refresh_from_db()
        assert (proposal.decided_by.username, claim.status) == ("edgar", "verified")

    def test_turning_down_needs_a_reason(self, room, visit):
        proposal = signoffs.propose(claim_id=room.corroborated().pk, actor=room.people["felix"], now=timezone.now())
        assert visit("edgar").submit(proposal, "signoff.reject", reason="").status_code == 422
        done(visit("edgar").submit(proposal, "signoff.reject", reason="Ring the second again."), proposal)
        assert proposal.state == "rejected"

    def test_the_reads_of_a_serious_claim(self, room, visit):
        claim = room.corroborated(risk="serious")
        done(visit("stan").submit(claim, "signoff.read_standards"))
        done(visit("lara").submit(claim, "signoff.read_legal"))
        assert set(claim.signoffs.values_list("kind", "decided_by__username")) == {
            ("standards", "stan"),
            ("legal", "lara"),
        }


class TestStories:
    def test_from_pitch_to_print(self, room, visit):
        claim = room.verified()
        rosa, edith = visit("rosa"), visit("edith")
        done(rosa.submit(Story, "story.pitch", headline="The gate", body="Open.", desk_id=str(room.desk.pk)))
        story = Story.objects.get()
        done(rosa.submit(story, "story.revise", **revision(story, (claim, "asserted"))), story)
        assert story.uses.get().mode == "asserted"
        done(rosa.submit(story, "story.submit"))
        done(edith.submit(story, "story.clear"), story)
        done(edith.submit(story, "story.publish"), story)
        assert story.status == "published"

    def test_a_refused_story_says_why_claim_by_claim_and_stays_where_it_was(self, room, visit):
        story = room.cleared(room.claim("The lock was broken."))
        answer = visit("edith").submit(story, "story.publish")
        assert answer.status_code == 409
        words = page_text(answer)
        assert "The copy states as fact a claim that is an opinion, or not verified and signed" in words
        assert "The lock was broken." in words
        story.refresh_from_db()
        assert story.status == "cleared"

    def test_ticking_off_each_condition_from_the_page(self, room, visit):
        story = room.cleared(room.corroborated(), mode="attributed")
        copy_editor, page = visit("cora"), visit("cora").page(story).content.decode()
        forms = re.findall(r'name="claim_id" value="([^"]+)"><input type="hidden" name="code" value="([^"]+)"', page)
        assert forms
        for claim_id, code in forms:
            done(copy_editor.submit(story, "story.confirm_condition", claim_id=claim_id, code=code))
        assert story.condition_checks.count() == len(forms)
        assert "Confirmed by cora" in page_text(copy_editor.page(story))
        done(visit("edith").submit(story, "story.publish"), story)
        assert story.status == "published"

    def test_overriding_a_reply_that_still_runs(self, room, visit):
        party = room.person()
        claim = room.verified(adverse_to=[party.pk])
        story = room.cleared(claim)
        now = timezone.now()
        replies.send(
            to_id=party.pk, covers=[claim.pk], question="Was it?", deadline_at=now + timedelta(hours=4),
            actor=room.people["rosa"], now=now,
        )  # fmt: skip
        chief = visit("sena")
        assert "/action/story.override/?code=E_REPLY_PENDING" in chief.page(story).content.decode()
        done(chief.submit(story, "story.override", code="E_REPLY_PENDING", reason="Public danger."))
        assert story.overrides.get().reason == "Public danger."

    def test_scheduling_on_a_chosen_clock(self, room, visit):
        story = room.cleared(room.verified())
        given = {"at": "2099-07-01T18:00", "time_zone": "America/New_York"}
        done(visit("edith").submit(story, "story.schedule", **given), story)
        assert story.publish_at.isoformat() == "2099-07-01T22:00:00+00:00"
        for wrong in ({"at": "soon"}, {"time_zone": "Mars/Olympus"}, {"at": "2001-01-01T00:00"}):
            assert visit("edith").submit(story, "story.schedule", **given | wrong).status_code == 422

    def test_after_print(self, room, visit):
        story, edith = room.published(room.verified()), visit("edith")
        done(edith.submit(story, "story.withhold", reason="A call."), story)
        assert story.status == "withheld"
        done(edith.submit(story, "story.correct", text="We had the day wrong."), story)
        assert (story.status, story.corrections.get().text) == ("published", "We had the day wrong.")
        assert edith.submit(story, "story.retract", reason="All wrong.").status_code == 403
        done(visit("sena").submit(story, "story.retract", reason="All wrong."), story)
        assert story.status == "retracted"

    def test_assigning_and_spiking(self, room, visit):
        story = stories.pitch(desk_id=room.desk.pk, headline="Gate", actor=room.people["rosa"], now=timezone.now())
        done(visit("edith").submit(story, "story.assign", authors=[str(room.people["ruben"].pk)]), story)
        assert [user.username for user in story.authors.all()] == ["ruben"]
        done(visit("edith").submit(story, "story.spike", reason="Old."), story)
        assert story.status == "spiked"

    def test_a_row_of_uses_that_is_wrong_is_shown_again(self, room, visit):
        story, claim = room.story(), room.claim()
        answer = visit("rosa").submit(story, "story.revise", **revision(story, (claim, "")))
        assert answer.status_code == 422
        assert "Choose how the story uses this claim." in page_text(answer)
        assert not story.uses.exists()

    def test_uses_are_changed_left_out_and_lean_on_statements(self, room, visit):
        one, other = room.claim(), room.claim("Another.")
        said = room.says(room.person(), one)
        story = room.story(one)
        given = revision(story, (one, "attributed"), (other, "debunk")) | {
            "uses-INITIAL_FORMS": "1", "uses-0-relies_on": [str(said.pk)], "uses-0-stated_source_count": "2"
        }  # fmt: skip
        done(visit("rosa").submit(story, "story.revise", **given), story)
        used = {use.claim_id: use for use in story.uses.all()}
        assert (used[one.pk].mode, used[one.pk].stated_source_count, used[other.pk].mode) == ("attributed", 2, "debunk")
        assert list(used[one.pk].relies_on.all()) == [said]
        given = revision(story, (one, "attributed"), (other, "debunk")) | {
            "uses-INITIAL_FORMS": "2", "uses-0-remove_use": "on"
        }  # fmt: skip
        done(visit("rosa").submit(story, "story.revise", **given), story)
        assert [use.claim_id for use in story.uses.all()] == [other.pk]


def revision(story, *uses):
    """The form of `story.revise`, filled in."""
    given = {
        "headline": "The gate", "body": "It stood open.", "expected_version": Story.objects.get(pk=story.pk).version,
        "uses-TOTAL_FORMS": str(len(uses)), "uses-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, (claim, mode) in enumerate(uses):
        given |= {f"uses-{number}-claim": str(claim.pk), f"uses-{number}-mode": mode, f"uses-{number}-central": "on"}
    return given


class TestOrganization:
    def test_managing_users(self, room, visit):
        ada = visit("ada")
        done(ada.submit(Desk, "desk.open", name="Science"))
        desk = Desk.objects.get(name="Science")
        hire = {
            "username": "nora", "email": "nora@newsroom.example", "password": "correct horse battery", "role": "editor",
            "desk": str(desk.pk), "time_zone": "Europe/London",
        }  # fmt: skip
        done(ada.submit(User, "user.create", **hire))
        nora = User.objects.get(username="nora")
        assert nora.check_password("correct horse battery")
        done(ada.submit(nora, "user.grant_role", role="lawyer", desk_id=""))
        assert set(nora.memberships.values_list("role", "desk__name")) == {("editor", "Science"), ("lawyer", None)}
        done(ada.submit(nora.memberships.get(role="lawyer"), "user.revoke_role"))
        done(ada.submit(nora, "user.revise", first_name="Nora", email=nora.email, time_zone="UTC"), nora)
        done(ada.submit(nora, "user.deactivate"), nora)
        assert not nora.is_active
        done(ada.submit(nora, "user.reactivate"), nora)
        assert (nora.is_active, nora.first_name, nora.memberships.count()) == (True, "Nora", 1)

    def test_a_weak_password_is_refused_and_not_sent_back(self, room, visit):
        hire = {
            "username": "nora",
            "email": "n@newsroom.example",
            "password": "short-1",
            "role": "editor",
            "time_zone": "UTC",
        }
        answer = visit("ada").submit(User, "user.create", **hire)
        assert answer.status_code == 422
        assert "too short" in page_text(answer)
        assert b"short-1" not in answer.content

    def test_the_last_administrator_stays(self, room, visit):
        own = Membership.objects.get(user__username="ada")
        answer = visit("ada").submit(own, "user.revoke_role")
        assert answer.status_code == 409
        assert "Appoint another one first." in page_text(answer)

    def test_only_administrators_manage_users(self, room, visit, people):
        assert visit("sena").submit(people["rosa"], "user.deactivate").status_code == 403
        assert visit("sena").page(people["rosa"]).status_code == 403

    def test_a_dead_letter_is_retried(self, room, visit):
        room.claim()
        letter = OutboxMessage.objects.first()
        OutboxMessage.objects.filter(pk=letter.pk).update(state="dead", attempts=5)
        assert visit("edith").submit(letter, "job.retry").status_code == 403
        done(visit("ada").submit(letter, "job.retry"), letter)
        assert (letter.state, letter.attempts) == ("ready", 0)

    def test_a_dead_letter_is_assigned_reassigned_and_dismissed(self, room, visit):
        room.claim()
        letter = OutboxMessage.objects.first()
        OutboxMessage.objects.filter(pk=letter.pk).update(state="dead", attempts=5, dead_at=room.now, error="OSError")
        alma = User(username="alma", email="alma@newsroom.example", password="!")
        User.objects.bulk_create([alma])
        Membership.objects.create(user=alma, role="admin", desk=None)
        ada = visit("ada")
        assert visit("edith").submit(letter, "job.take").status_code == 403
        done(ada.submit(letter, "job.take"), letter)
        assert letter.owner == room.people["ada"]
        lists = f"{reverse('admin:editorial_outboxmessage_changelist')}?dead_letters=mine"
        assert "OSError" in page_text(ada.client.get(lists))
        assert "Assigned to you" in page_text(ada.client.get(reverse("admin:index")))
        done(ada.submit(letter, "job.assign", owner_id=str(alma.pk)), letter)
        assert letter.owner == alma
        assert "OSError" not in page_text(ada.client.get(lists))
        assert ada.submit(letter, "job.dismiss", reason="").status_code == 422
        done(ada.submit(letter, "job.dismiss", reason="The claim is gone."), letter)
        assert letter.state == "dismissed"
        assert "The claim is gone." in page_text(ada.page(letter))

    def test_integrity_findings_are_shown_to_administrators_only(self, room, visit):
        shown = IntegrityFinding.objects.create(
            check_name="stories.status",
            subject="story:1",
            found_at=room.now,
            last_action_at=room.now,
            alerted_at=room.now,
        )
        assert visit("edith").listing(IntegrityFinding).status_code == 403
        said = "Every story has the status that its events lead to."
        assert said in page_text(visit("ada").listing(IntegrityFinding))
        assert said in page_text(visit("ada").page(shown))
        assert "Integrity findings 1" in page_text(visit("ada").client.get(reverse("admin:index")))


BUTTONS = {
    button.slug: button for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons)
}.values()


class TestButtons:
    def test_without_the_token_of_the_page_nothing_happens(self, room, people):
        claim = room.claim()
        stranger = Client(enforce_csrf_checks=True)
        stranger.force_login(people["felix"])
        answer = stranger.post(action_url(claim, "claim.drop"), {"reason": "From elsewhere."})
        assert answer.status_code == 403
        claim.refresh_from_db()
        assert claim.dropped_at is None

    def test_opening_a_form_changes_nothing(self, room, visit):
        claim = room.claim()
        before = Event.objects.count()
        assert visit("felix").open_form(claim, "claim.drop", reason="By a link.").status_code == 200
        assert Event.objects.count() == before

    def test_what_one_may_not_see_is_not_there(self, room, visit):
        claim = room.claim()
        assert visit("cleo").open_form(claim, "claim.drop").status_code == 404
        assert visit("cleo").submit(claim, "claim.drop", reason="x").status_code == 404

    def test_an_unknown_button_is_not_there(self, room, visit):
        assert visit("felix").submit(room.claim(), "claim.explode").status_code == 404

    def test_without_permission_the_form_says_who_may_before_input(self, room, visit):
        answer = visit("lara").open_form(room.claim(), "claim.drop")
        assert answer.status_code == 403
        assert "Only these roles may do this: editor, fact checker, senior editor." in page_text(answer)
        assert b'<button type="submit" class="nr-button' not in answer.content

    @pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
    def test_no_open_redirect(self, room, visit, elsewhere):
        claim = room.claim()
        answer = visit("felix").submit(claim, "claim.drop", reason="Old.", next=elsewhere)
        assert "elsewhere" not in answer["Location"]
        assert "javascript" not in answer["Location"]

    def test_a_button_leads_back_to_where_it_was_pressed(self, room, visit):
        claim = room.claim()
        said, back = room.says(room.person(), claim), reverse("admin:index")
        assert visit("rosa").submit(said, "statement.withdraw", reason="Phoned.", next=back)["Location"] == back

    def test_every_button_passes_the_arguments_of_its_action(self):
        for button in (
            button for page in registered_pages().values() for button in (*page.buttons, *page.list_buttons)
        ):
            takes = inspect.signature(button.handler).parameters.values()
            given = {button.pk_kwarg, *button.extra_kwargs, *keywords(button)} - {None}
            open_ended = any(one.kind is one.VAR_KEYWORD for one in takes)
            needed = {one.name for one in takes if one.default is one.empty and one.kind is one.KEYWORD_ONLY}
            assert given <= {one.name for one in takes} or open_ended, button.slug
            assert needed - {"actor", "now"} <= given, button.slug


def keywords(button):
    """The keywords of a button's form; two forms make one keyword of several fields."""
    fields = set(button.form.base_fields)
    if button.slug == "user.create":
        return fields - {"role", "desk"} | {"memberships"}
    return fields | ({"uses"} if button.slug == "story.revise" else set())


class TestWhatIf:
    def test_recording_a_withdrawal_previews_what_would_fall(self, room, visit):
        claim = room.verified("The lock was broken.")
        story = room.published(claim)
        said = claim.statements.first()
        words = page_text(visit("rosa").open_form(said, "statement.withdraw"))
        assert "Impact" in words
        assert f"The lock was broken. Verified → Under investigation Published {story.headline}" in words
        said.refresh_from_db()
        assert said.withdrawn_at is None

    def test_where_nothing_would_fall_it_says_so(self, room, visit):
        said = room.says(room.person(), room.claim(), "unaware")
        assert "No finding would change." in page_text(visit("rosa").open_form(said, "statement.withdraw"))

    def test_two_sources_that_prove_one(self, room, visit):
        claim = room.verified("The lock was broken.")
        one, other = (said.source for said in claim.statements.all())
        looking = visit("edith").open_form(one, "source.merge")
        assert "Show impact" in page_text(looking)
        words = page_text(visit("edith").open_form(one, "source.merge", into_id=str(other.pk)))
        assert "The lock was broken. Verified → Under investigation" in words
        assert (
            str(other.pk)
            in words + visit("edith").open_form(one, "source.merge", into_id=str(other.pk)).content.decode()
        )
        assert "No source nonsense exists" in page_text(
            visit("edith").open_form(one, "source.merge", into_id="nonsense")
        )


def test_anybody_logged_out_is_asked_to_log_in(room):
    claim = room.claim()
    answer = Client().get(action_url(claim, "claim.drop"))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
