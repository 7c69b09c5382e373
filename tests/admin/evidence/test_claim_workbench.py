"""The workbench on a claim's page: provenance, what is missing as actions, the timeline, and assessments compared."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial.models import ReplyRequest
from editorial.workflow.evidence import statements
from editorial.workflow.review import replies, tasks
from tests.admin.conftest import AdminBrowser, page_text
from tests.support.cast import HOUR

MAX_QUERIES, MAX_BYTES = 40, 100_000


def repeat(room, name, claim, origin):
    said = room.says(room.source("outlet", name), claim, directness="relayed", obtained_by="external")
    statements.relay(derived_id=said.pk, origin_id=origin.pk, actor=room.people["rosa"], now=room.now)
    return said


def compared(browser: AdminBrowser, claim, **query):
    return browser.client.get(reverse("admin:editorial_claim_assessments", args=[claim.pk]), query)


def test_the_picture_shows_who_repeats_whom_and_why_they_are_one_voice(room, visit):
    claim = room.claim()
    first = room.says(room.source("outlet", "The Gazette"), claim)
    repeat(room, "The Herald", claim, first)
    repeat(room, "The Post", claim, first)
    room.says(room.person("Nell Harrow"), claim, "denies")
    room.settle()
    page = visit("edith").page(claim)
    provenance, text = page.context["provenance"], page_text(page)
    nodes = {node.name: node for lane in provenance.lanes for node in lane.nodes}
    assert [node.name for node in nodes["The Herald"].repeats] == ["The Gazette"]
    assert nodes["The Herald"].column == 1 + nodes["The Gazette"].column
    assert [lane.title for lane in provenance.lanes] == ["One voice for it", "One voice against it"]
    assert "2 The Herald : affirms, relayed, repeats 1 The Gazette" in text
    assert "The Gazette (1) and The Herald (2): 2 repeats 1." in text
    assert "come from the same source" not in text, "outlets that repeat a report are not one source"


def test_many_repeats_are_one_node_and_a_long_claim_is_drawn_in_part(room, visit):
    claim = room.claim()
    first = room.says(room.source("outlet", "The Gazette"), claim)
    for number in range(5):
        repeat(room, f"Outlet {number}", claim, first)
    for number in range(40):
        room.says(room.person(f"Witness {number}"), claim)
    room.settle()
    for options in ({}, {"data": {"all": ""}}):
        provenance = visit("edith").page(claim, **options).context["provenance"]
        assert sum(len(lane.nodes) for lane in provenance.lanes) == 26
        assert (provenance.drawn_count, provenance.statement_count) == (30, 46)
        assert "5 more" in [node.name for lane in provenance.lanes for node in lane.nodes]


@pytest.mark.exhaustive
def test_a_page_of_any_length_takes_the_same_queries_and_stays_small(room, visit):
    claim = room.claim(adverse_to=[room.person("Pia Party").pk])
    counts, sizes, browser = list[int](), list[int](), visit("edith")
    for _ in range(2):
        for _ in range(30):
            room.says(room.person(), claim)
        room.settle()
        with CaptureQueriesContext(connection) as queries:
            page = browser.page(claim)
        counts.append(len(queries))
        sizes.append(len(page.content))
    assert max(counts) <= MAX_QUERIES, (counts, sizes)
    assert counts[1] - counts[0] <= 1, "a second assessment is compared with the first"
    assert max(sizes) < MAX_BYTES, sizes


def test_what_is_missing_has_the_buttons_that_provide_it(room, visit):
    party = room.person("Mayor Bram Holt")
    claim = room.claim(adverse_to=[party.pk])
    room.says(room.person(), claim)
    room.settle()
    page = visit("felix").page(claim)
    steps = {step.text: [label for label, _ in step.buttons] for step in page.context["steps"]}
    needed = next(text for text in steps if text.startswith("Needed: 1 more independent source"))
    assert steps[needed] == ["Take this task", "Record a statement"]
    assert steps["Mayor Bram Holt: Has not been asked for comment."] == ["Ask them now"]
    ask = next(bound for step in page.context["steps"] for label, bound in step.buttons if label == "Ask them now")
    form = visit("felix").client.get(ask.url).context["form"]
    assert form["to_id"].value() == str(party.pk)
    assert form["covers"].value() == [claim.pk]
    assert claim.text in form["question"].value()
    assert not visit("felix").open_form(claim, "reply.send").context["form"]["question"].value(), "never unasked"


def test_a_task_with_somebody_is_named_not_offered(room, visit, people):
    claim = room.claim()
    room.says(room.person(), claim)
    room.settle()
    task = claim.tasks.get(kind="SEEK_INDEPENDENT")
    tasks.take(task_id=task.pk, actor=people["felix"], now=room.now)
    page = visit("rosa").page(claim)
    (step,) = [step for step in page.context["steps"] if step.task and step.task.pk == task.pk]
    assert [label for label, _ in step.buttons] == ["Record a statement"]
    assert "With felix" in page_text(page)


def test_the_timeline_lists_statements_replies_findings_signatures_and_publications(room, visit, people):
    party = room.person("Pia Party")
    claim = room.verified("The lock was broken.", adverse_to=[party.pk])
    replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it?", deadline_at=room.now + 30 * HOUR,
        actor=people["rosa"], now=room.now,
    )  # fmt: skip
    replies.answer(request_id=ReplyRequest.objects.get().pk, outcome="declined", actor=people["rosa"], now=room.now)
    room.settle()
    entries = visit("edith").page(claim).context["timeline"]
    assert {entry.kind for entry in entries} == {"statement", "reply", "finding", "signature"}
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    told = [(entry.kind, entry.value) for entry in entries]
    assert ("reply", "declined") in told
    assert ("finding", "verified") in told


def test_a_publication_is_on_the_timeline_of_those_who_see_the_story(room, visit):
    claim = room.verified()
    story = room.published(claim)
    texts = [entry.text for entry in visit("edith").page(claim).context["timeline"] if entry.kind == "publication"]
    assert texts == [story.headline]


def test_two_assessments_are_compared_by_voices_and_words_with_the_reasons(room, visit, people):
    claim = room.claim()
    room.says(room.person("Nell Harrow"), claim)
    room.settle()
    room.later(minutes=1)
    second = room.says(room.person("Otto Latecomer"), claim)
    room.settle()
    page = compared(visit("edith"), claim)
    text = page_text(page)
    assert "New voice: Otto Latecomer (2)." in text
    assert "recorded a statement : Otto Latecomer (2)" in re.sub(r"\s*:", " :", text)
    assert "Missing then" in text
    room.later(minutes=1)
    statements.end(
        statement_id=second.pk, ended="withdrawn", reason="Rang at nine.", actor=people["rosa"], now=room.now
    )
    room.settle()
    assert "No longer counts here: Otto Latecomer (2)." in page_text(compared(visit("edith"), claim))
    numbers = claim.assessments.order_by("number").values_list("number", flat=True)
    reversed_page = compared(visit("edith"), claim, **{"from": numbers.last(), "to": numbers.first()})
    assert reversed_page.context["comparison"].before.number < reversed_page.context["comparison"].after.number


def test_a_claim_with_one_assessment_has_nothing_to_compare(room, visit, city):
    claim = room.claim()
    room.settle()
    assert "There is nothing to compare yet" in page_text(compared(visit("edith"), claim))
    assert compared(visit("carl"), claim).status_code == 404, "another desk's"
    assert compared(visit("edith"), claim, **{"from": "x", "to": "y"}).status_code == 200


def test_a_statement_offers_its_actions_in_a_menu_that_leads_back_to_the_claim(room, visit):
    claim = room.claim()
    said = room.says(room.source("outlet", "The Gazette"), claim)
    menu = reverse("admin:editorial_statement_menu", args=[said.pk])
    edith = visit("edith").client.get(menu)
    back = reverse("admin:editorial_claim_change", args=[claim.pk])
    assert f"/action/statement.strike/?next={quote(back, safe='')}" in edith.content.decode()
    assert "<html" not in edith.content.decode(), "a part of a page"
    stranger = visit("carl").client.get(menu)
    assert stranger.status_code == 404, "a claim of another desk"
