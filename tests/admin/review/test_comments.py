"""Comments in the admin: the panel on four pages, the forms, and the former texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editorial.models import Comment, ReviewTask
from editorial.workflow.review import comments
from tests.admin.conftest import AdminBrowser, page_text
from tests.support.cast import Room

Visit = Callable[[str], AdminBrowser]


@pytest.mark.parametrize("on", ["claim", "statement", "story", "task"])
def test_a_user_comments_replies_and_resolves_on_the_page_of_the_object(room: Room, visit: Visit, on: str) -> None:
    claim = room.claim()
    rows: dict[str, Any] = {"claim": claim, "statement": room.says(room.person(), claim), "story": room.story(claim)}
    room.settle()
    row = (rows | {"task": ReviewTask.objects.filter(claim=claim).first()})[on]
    rosa, felix = visit("rosa"), visit("felix")
    assert "Comments" in page_text(rosa.page(row))
    assert rosa.open_form(row, "comment.add").status_code == 200
    response = rosa.submit(row, "comment.add", text="Who <b>saw</b> it?")
    assert (response.status_code, response["Location"].endswith(f"/{row.pk}/change/")) == (302, True)
    first = Comment.objects.get()
    assert first.target == row
    body = felix.page(row).content.decode()
    assert "Who &lt;b&gt;saw&lt;/b&gt; it?" in body
    assert f'id="comment-{first.pk}"' in body
    back = f"/admin/editorial/{on if on != 'task' else 'reviewtask'}/{row.pk}/change/#comment-{first.pk}"
    response = felix.submit(first, "comment.add.reply", text="The guard.", next=back)
    assert response["Location"] == back
    assert "The guard." in page_text(rosa.page(row))
    felix.submit(first, "comment.resolve")
    page = page_text(rosa.page(row))
    assert "1 resolved" in page
    assert "Resolved by felix" in page
    assert "This thread is resolved" in page_text(rosa.submit(first, "comment.add.reply", text="Thanks."))
    rosa.submit(first, "comment.reopen")
    assert "1 resolved" not in page_text(rosa.page(row))


def test_an_author_edits_and_everybody_reads_the_former_text(room: Room, visit: Visit) -> None:
    claim, rosa = room.claim(), visit("rosa")
    rosa.submit(claim, "comment.add", text="Who saw it?")
    first = Comment.objects.get()
    assert "Who saw it?" in page_text(rosa.open_form(first, "comment.edit"))
    assert rosa.submit(first, "comment.edit", text="Who heard it?").status_code == 302
    page = page_text(visit("felix").page(claim))
    for text in ("Who heard it?", "edited", "1 former text", "Who saw it?"):
        assert text in page
    assert "comment.edit" not in visit("felix").page(claim).content.decode()
    assert visit("felix").submit(first, "comment.edit", text="Mine.").status_code == 403


def test_two_users_who_edit_at_the_same_time_see_both_versions(room: Room, visit: Visit) -> None:
    claim, rosa = room.claim(), visit("rosa")
    first = comments.add(claim_id=claim.pk, text="Who saw it?", actor=rosa.person, now=room.now)
    comments.edit(comment_id=first.pk, text="Who heard it?", actor=rosa.person, now=room.now)
    response = rosa.submit(first, "comment.edit", text="Who smelled it?", expected_version=1)
    assert response.status_code == 409
    assert {"Who smelled it?", "Who heard it?"} <= {
        text for text in ("Who smelled it?", "Who heard it?") if text in response.content.decode()
    }


def test_a_form_within_the_page_keeps_what_is_typed_like_one_of_its_own(room: Room, visit: Visit) -> None:
    claim = room.claim()
    rosa = visit("rosa")
    body = rosa.page(claim).content.decode()
    own = rosa.open_form(claim, "comment.add").content.decode()
    path = f"/admin/editorial/claim/{claim.pk}/action/comment.add/"
    draft = own.split('data-draft="')[1].split('"')[0]
    assert f'data-draft="{draft}"' in body
    assert f'data-path="{path}"' in body
    assert "editorial/drafts" in body


def test_a_confidential_name_is_refused_and_the_input_is_kept(room: Room, visit: Visit) -> None:
    claim = room.claim()
    keeper = room.person("a keeper", unnamed=True, identity_name="Jo Quetzal", identity_known_by="born 1970")
    room.says(keeper, claim)
    response = visit("rosa").submit(claim, "comment.add", text="Ask Jo Quetzal.")
    assert response.status_code == 422
    assert "This text contains the name of a confidential source" in page_text(response)
    assert not Comment.objects.exists()


def test_another_desk_finds_no_comment(room: Room, visit: Visit) -> None:
    first = comments.add(claim_id=room.claim().pk, text="Who saw it?", actor=visit("rosa").person, now=room.now)
    carl = visit("carl")
    assert carl.page(first).status_code == 302
    assert "Who saw it?" not in page_text(carl.listing(Comment))
    assert carl.submit(first, "comment.resolve").status_code == 404
    assert "Who saw it?" in page_text(visit("felix").listing(Comment))


def test_old_threads_are_shown_on_request(room: Room, visit: Visit) -> None:
    claim, rosa = room.claim(), visit("rosa")
    for number in range(22):
        comments.add(claim_id=claim.pk, text=f"Question {number}.", actor=rosa.person, now=room.now)
    page = page_text(rosa.page(claim))
    assert "Question 21." in page
    assert "Question 0." not in page
    assert "Show older threads" in page
    url = f"/admin/editorial/claim/{claim.pk}/change/?all"
    assert "Question 0." in page_text(rosa.client.get(url))
