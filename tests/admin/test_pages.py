"""Every page, for every role."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial.api.review.assessments import AssessmentSerializer
from editorial.models import Claim, OutboxMessage, ReviewTask, Source, Statement, Story, User
from tests.admin.conftest import AdminBrowser, page_text, registered_pages
from tests.support.sample_newsroom import SCRIPT, SECRET_KNOWN_BY, SECRET_NAME, create_row_of_each_kind

pytestmark = pytest.mark.exhaustive

ROLES = ["rosa", "felix", "cora", "edith", "sena", "stan", "lara", "cuno", "ada", "cleo"]
UNRESTRICTED_PAGES = {"claim", "draft", "story", "source", "task"}
FOR_ADMINS = {"user", "membership", "desk", "letter"}


@pytest.mark.exhaustive
def test_every_page_opens_for_every_role_and_shows_no_confidential_name(room, visit):
    rows = create_row_of_each_kind(room)
    for browser in map(visit, ROLES):
        for kind, row in rows.items():
            if kind not in UNRESTRICTED_PAGES and browser.person.username not in ("rosa", "ada", "cleo"):
                continue
            response = browser.page(row)
            assert response.status_code == expected(browser.person.username, kind), (browser.person, kind)
            assert_discreet(response)
        response = browser.client.get(reverse("admin:index"))
        assert response.status_code == 200
        assert_discreet(response)
    for browser in map(visit, ["rosa", "ada", "cleo"]):
        for model, page in registered_pages().items():
            response = browser.listing(model)
            closed = page.required_role is not None and browser.person.username != "ada"
            assert response.status_code == (403 if closed else 200), (browser.person, model)
            assert_discreet(response)


def expected(name, kind):
    if kind in FOR_ADMINS:
        return 200 if name == "ada" else 403
    if kind == "policy":
        return 200
    if kind in ("webhook", "delivery", "record"):
        return 200 if name == "ada" else 302
    own = ("notice", "followed", "saved", "chat", "emailed")  # of rosa
    visible = name == "rosa" if kind in own else name != "cleo"  # cleo is at the other desk
    return 200 if visible else 302


def assert_discreet(response):
    body = response.content.decode()
    assert SECRET_NAME not in body
    assert SECRET_KNOWN_BY not in body
    assert SCRIPT not in body, "what people type is escaped"


@pytest.mark.exhaustive
def test_every_button_opens_its_form_or_says_who_may_use_it(room, visit):
    rows = create_row_of_each_kind(room)
    opened, action_denied = set(), 0
    for browser in map(visit, ["rosa", "sena", "cuno", "ada"]):
        for row in {type(row): row for row in rows.values()}.values():
            page = registered_pages()[type(row)]
            for button in page.buttons:
                response = browser.open_form(row, button.slug)
                assert_discreet(response)
                if response.status_code == 200:
                    opened.add(button.slug)
                elif b"You may not do this" in response.content:
                    assert response.status_code == 403
                    assert re.search("Only |Another administrator must", page_text(response)), (
                        browser.person,
                        button.slug,
                    )
                    action_denied += 1
    assert {"story.publish", "claim.revise", "source.unmask", "job.retry", "review.take"} <= opened
    assert action_denied


def test_the_pages_show_every_required_detail(room, visit):
    rows = create_row_of_each_kind(room)
    claim = page_text(visit("edith").page(rows["claim"]))
    for text in (
        "Under investigation", "Contested", "The engine finds it verified", "Status until signed off",
        "Sources for and against", "a sluice engineer", "Harbour Gazette", "repeats", "archived copy",
        "Mayor Bram Holt", "Declined", "Open tasks", "rosa filed the claim", "The gate",
    ):  # fmt: skip
        assert text in claim, text
    draft = page_text(visit("edith").page(rows["draft"]))
    assert "The copy states as fact an opinion, a forecast, or a claim that is not verified and signed" in draft
    assert "E_ASSERTED_UNVERIFIED" in draft
    page = page_text(visit("edith").page(rows["story"]))
    assert "Readers are owed" in page
    assert "The lock was broken." in page
    first = page_text(visit("rosa").client.get(reverse("admin:index")))
    for text in ("Investigate", "Corroborate", "Take next", "Corrections due", "Reply deadlines", "And the keys?"):
        assert text in first
    assert "Dead letters" not in first
    assert "Dead letters 1" in page_text(visit("ada").client.get(reverse("admin:index")))


def test_joins_and_missing_requirements_read_the_same_in_the_admin_and_the_api(room, visit, people):
    claim, boss = room.claim(), room.person("Port Authority Chair")
    agent = room.person("Port spokesman", speaks_for=str(boss.pk))
    room.says(boss, claim)
    room.says(agent, claim)
    room.settle()
    page = page_text(visit("edith").page(claim))
    assessment = AssessmentSerializer(claim.assessments.get(), context={"caller": people["edith"].facts()}).data
    (join,) = assessment["groups"]["independent"][0]["joins"]
    assert join["by"] == "J4"
    assert f"Port Authority Chair (1) and Port spokesman (2): {join['text']} (J4)" in page
    assert assessment["missing"]
    assert all(missing["text"] in page for missing in assessment["missing"])


def test_forty_repeats_are_one_line_that_says_they_count_once(room, visit):
    from editorial.workflow.evidence import statements

    claim = room.claim()
    origin = room.says(room.source("outlet", "The Journal"), claim, directness="relayed", obtained_by="external")
    for number in range(6):
        repeat = room.says(room.source("outlet", f"Echo {number}"), claim, directness="relayed", obtained_by="external")
        statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=room.people["rosa"], now=room.now)
    room.settle()
    text = page_text(visit("edith").page(claim))
    assert "6 more repeat 1 The Journal" in text
    assert "count as one origin" in text


def test_dead_letters_are_for_administrators(room, visit):
    assert visit("edith").listing(OutboxMessage).status_code == 403


@pytest.mark.parametrize("name", ["noel", "gina"])
def test_a_user_without_a_role_or_with_a_closed_account_cannot_sign_in(people, name):
    response = AdminBrowser(people[name]).client.get(reverse("admin:index"))
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_sign_in_without_a_role_is_refused_with_a_reason(people):
    people["noel"].set_password("a long enough word")
    people["noel"].save()
    response = Client().post(reverse("admin:login"), {"username": "noel", "password": "a long enough word"})
    assert "no role at any desk" in page_text(response)


def test_djangos_own_superuser_flag_opens_nothing(db):
    root = User.objects.create_superuser("root", "root@newsroom.example", "x")
    assert AdminBrowser(root).client.get(reverse("admin:index")).status_code == 302


def test_sign_in_leads_to_the_first_page(people):
    people["rosa"].set_password("a long enough word")
    people["rosa"].save()
    response = Client().post(reverse("admin:login"), {"username": "rosa", "password": "a long enough word"})
    assert response["Location"] == reverse("admin:index")


def test_times_are_in_the_users_time_zone(room, visit, people):
    people["edith"].time_zone = "Asia/Tokyo"
    people["edith"].save()
    assert "Asia/Tokyo time." in page_text(visit("edith").open_form(room.claim(), "statement.record"))


def test_libraries_pages_stay_outside():
    assert Group not in admin.site._registry
    assert {model._meta.app_label for model in admin.site._registry} == {"editorial"}


# As much as a page may ask of the database, however much there is to show.
LIMITS = {"claim page": 75, "story page": 60, "dashboard": 40}


def test_pages_take_a_constant_number_of_queries(room, visit, django_assert_max_num_queries):
    story, claim = _add_rows(room, 2)
    editor = visit("edith")
    few = _queries(editor, story, claim)
    _add_rows(room, 8, story, claim)
    many = _queries(editor, story, claim)
    assert many == few
    assert all(few[page] <= most for page, most in LIMITS.items()), few
    assert max(cost for page, cost in few.items() if page.endswith("list")) <= 20, few


def _add_rows(room, count, story=None, claim=None):
    claim = claim or room.claim()
    for _ in range(count):
        room.says(room.person(), claim)
        room.claim(f"Something else {_} of {count}.")
    story = story or room.story(claim)
    room.settle()
    return story, claim


def _queries(editor, story, claim):
    counts = {}
    for name, load in {
        "claim page": lambda: editor.page(claim),
        "story page": lambda: editor.page(story),
        "claim list": lambda: editor.listing(Claim),
        "story list": lambda: editor.listing(Story),
        "source list": lambda: editor.listing(Source),
        "statement list": lambda: editor.listing(Statement),
        "task list": lambda: editor.listing(ReviewTask),
        "dashboard": lambda: editor.client.get(reverse("admin:index")),
    }.items():
        with CaptureQueriesContext(connection) as queries:
            assert load().status_code == 200
        counts[name] = len(queries)
    return counts
