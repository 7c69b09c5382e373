"""What an email in answer to a request for comment says, for a page and for the form that records the response."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from editorial.admin.framework import request_user
from editorial.models import ReceivedAnswer, ReplyRequest, User
from editorial.workflow.core.errors import ActionError
from editorial.workflow.review import received_answers

FIELD = "received_answer_id"
_MAX_QUOTE = 10_000


def context(answer: ReceivedAnswer, user: User) -> dict[str, Any]:
    """The email for a template, or why the user may not read it."""
    try:
        return {"answer": answer, "message": received_answers.read(answer, user)}
    except ActionError as error:
        return {"answer": answer, "refusal": str(error)}


def panel(request: HttpRequest, reply_request: ReplyRequest) -> dict[str, Any] | None:
    """The email beside the form that records the response from it; None if it is recorded from none."""
    answer = find(request.POST.get(FIELD) or request.GET.get(FIELD), reply_request)
    if answer is None:
        return None
    return context(answer, request_user.current_user(request)) | {"template": "editorial/review/received_message.html"}


def quote(key: object, reply_request: ReplyRequest, user: User) -> str:
    """What is new in its text, for the words of a statement; empty if the user may not read it."""
    answer = find(key, reply_request)
    message = context(answer, user).get("message") if answer else None
    return message["new_text"][:_MAX_QUOTE] if message else ""


def find(key: object, reply_request: ReplyRequest) -> ReceivedAnswer | None:
    """The email to the address of this request that has the id."""
    try:
        return reply_request.received_answers.filter(pk=UUID(str(key))).first()
    except ValueError:
        return None
