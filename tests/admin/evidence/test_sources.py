"""Buttons on a source; a confidential name appears once, when a custodian reveals it."""

from __future__ import annotations

from django.contrib.messages import get_messages

from editorial.models import Event, IdentityRecord, Source, UnmaskRequest
from tests.admin.conftest import action_url, assert_done, page_text
from tests.support.sample_newsroom import SECRET_KNOWN_BY, SECRET_NAME


def test_registering_an_unnamed_source_seals_its_identity(room, visit):
    given = {
        "type": "person", "name": "a clerk", "unnamed": "on", "identity_name": SECRET_NAME,
        "identity_known_by": SECRET_KNOWN_BY, "desk_id": str(room.desk.pk),
    }  # fmt: skip
    answer = visit("rosa").client.post(action_url(Source, "source.register"), given, follow=True)
    assert SECRET_NAME not in answer.content.decode()
    source = Source.objects.get(name="a clerk")
    assert IdentityRecord.objects.filter(source=source).exists()


def test_a_refused_form_does_not_send_the_name_back(room, visit):
    given = {
        "type": "person", "name": "a clerk", "identity_name": SECRET_NAME, "identity_known_by": SECRET_KNOWN_BY,
        "desk_id": str(room.desk.pk),
    }  # fmt: skip
    answer = visit("rosa").submit(Source, "source.register", **given)
    assert answer.status_code == 422
    assert "Only an unnamed source can have a confidential identity." in page_text(answer)
    assert b"a clerk" in answer.content, "the rest is kept"
    assert SECRET_NAME not in answer.content.decode()


def test_a_source_is_rated_vouched_for_protected_authenticated_and_revised(room, visit):
    person, paper = room.person("Joan Dell"), room.paper(authenticated=False)
    assert_done(visit("felix").submit(person, "source.rate", reliability="A", reason="Years."), person)
    assert person.reliability == "A"
    protect = {"name": "a clerk", "identity_name": "Joan Dell", "identity_known_by": "1970"}
    assert_done(visit("rosa").submit(person, "source.protect", **protect), person)
    assert (person.name, person.unnamed, person.editor_knows) == ("a clerk", True, False)
    assert_done(visit("edith").submit(person, "source.vouch", reason="I met her."), person)
    assert person.editor_knows
    assert_done(visit("felix").submit(paper, "source.authenticate", result="genuine", reason="Seal compared."), paper)
    assert paper.authenticated
    revised = {"name": "The ledger", "author": str(person.pk), "expected_version": paper.version}
    assert_done(visit("rosa").submit(paper, "source.revise", **revised), paper)
    assert (paper.name, paper.author) == ("The ledger", person)


def test_an_editor_merges_two_sources(room, visit):
    one, other = room.person(), room.person()
    assert_done(visit("edith").submit(one, "source.merge", into_id=str(other.pk), reason="Same voice."), one)
    assert one.merged_into == other


def test_the_vault_is_opened_on_one_page_only_and_leaves_no_trace_but_the_record(room, visit, caplog):
    hidden = room.person("a clerk", unnamed=True, identity_name=SECRET_NAME, identity_known_by=SECRET_KNOWN_BY)
    keeper = visit("cuno")
    assert_done(keeper.submit(hidden, "source.request_unmask", reason="A threat against her."), hidden)
    request = UnmaskRequest.objects.get()
    assert "Another person must approve your request." in keeper.page(hidden).content.decode()
    assert keeper.open_form(hidden, "source.approve_unmask").status_code == 403
    assert visit("stan").open_form(hidden, "source.approve_unmask").status_code == 200
    assert_done(visit("stan").submit(hidden, "source.approve_unmask", request_id=str(request.pk)), hidden)
    asked = keeper.open_form(hidden, "source.unmask")
    assert SECRET_NAME not in asked.content.decode()
    answer = keeper.submit(hidden, "source.unmask")
    assert answer.status_code == 200
    assert SECRET_NAME in page_text(answer)
    assert SECRET_KNOWN_BY not in page_text(answer), "one field is shown"
    assert 'data-hide-after="60"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert not list(get_messages(answer.wsgi_request))
    assert SECRET_NAME not in str(dict(keeper.client.session.items()))
    assert SECRET_NAME not in caplog.text
    look = Event.objects.filter(action="source.unmask").get()
    assert (look.actor.username, look.data["reason"]) == ("cuno", "A threat against her.")
    assert SECRET_NAME not in page_text(keeper.page(hidden))
    assert keeper.submit(hidden, "source.unmask").status_code == 409, "a request is used once"


def test_without_permission_to_unmask_the_page_names_who_has_it(room, visit):
    hidden = room.person("a clerk", unnamed=True, identity_name=SECRET_NAME, identity_known_by=SECRET_KNOWN_BY)
    answer = visit("edith").submit(hidden, "source.unmask", reason="Curious.")
    assert answer.status_code == 403
    assert "Only these roles may do this: custodian, standards editor." in page_text(answer)
    assert not Event.objects.filter(action="source.unmask").exists()


def test_a_forgery_is_shown_on_its_page(room, visit):
    paper = room.paper()
    form = page_text(visit("felix").open_form(paper, "source.authenticate"))
    assert "it does not count as evidence" in form
    given = {"result": "forged", "reason": "The ink is from 1950."}
    assert_done(visit("felix").submit(paper, "source.authenticate", **given), paper)
    assert paper.established_authenticity == "forged"
    assert "Forged" in page_text(visit("rosa").page(paper))
