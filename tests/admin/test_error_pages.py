"""Error pages: what happened and a way back, without details of the cause."""

from __future__ import annotations

import pytest
from django.test import Client

from editorial.models import OutboxMessage
from editorial.workflow.evidence import claims
from tests.admin.conftest import action_url, page_text


def test_an_unknown_page_says_so_and_leads_back(visit):
    answer = visit("edith").client.get("/admin/editorial/nonsense/")
    assert answer.status_code == 404
    assert "This page does not exist, or you may not see it" in page_text(answer)
    assert b'<a href="/">To my work</a>' in answer.content
    assert "nonsense" not in page_text(answer)


def test_a_page_for_other_roles_says_so_and_leads_back(visit):
    answer = visit("edith").listing(OutboxMessage)
    assert answer.status_code == 403
    assert "This page is not for your roles" in page_text(answer)
    assert b'<a href="/">To my work</a>' in answer.content


def test_an_expired_form_says_what_to_do(visit):
    client = Client(enforce_csrf_checks=True)
    client.force_login(visit("edith").person)
    answer = client.post(action_url(OutboxMessage, "job.retry"))
    assert answer.status_code == 403
    assert "The form has expired" in page_text(answer)
    assert b'<a href="/">To my work</a>' in answer.content


def test_a_request_that_cannot_be_read_leads_back(visit):
    answer = visit("edith").client.get("/admin/", headers={"Host": "else where"})
    assert answer.status_code == 400
    assert "This request cannot be read" in page_text(answer)
    assert b'<a href="/">To my work</a>' in answer.content


def test_a_failure_names_the_request_and_quotes_nothing(room, visit, monkeypatch):
    claim, browser = room.claim(), visit("rosa")
    browser.client.raise_request_exception = False
    monkeypatch.setattr(claims, "apply_changes", lambda *_, **__: {}["Mia Mole"])
    answer = browser.submit(claim, "claim.revise", text="It was shut.", kind="content", risk="routine")
    text = page_text(answer)
    assert answer.status_code == 500
    assert "check whether your change was made" in text
    assert f"in the log under {answer['X-Request-ID']}" in text
    assert "Mole" not in text


@pytest.mark.parametrize("address", ["/admin/editorial/nonsense/", "/nowhere"])
def test_an_error_page_needs_no_script_and_no_inline_style(visit, address):
    body = visit("edith").client.get(address).content.decode()
    assert "<script" not in body
    assert "style=" not in body
    assert "<style" not in body
