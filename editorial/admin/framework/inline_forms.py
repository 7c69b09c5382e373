"""A form within another page. Input is kept on the device, as on the form's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from editorial.admin.framework import drafts, request_user
from editorial.admin.framework.action_buttons import BoundButton
from editorial.admin.framework.action_forms import ActionForm


@dataclass(frozen=True, slots=True)
class InlineForm:
    """The form of a button, and the path to which it leads."""

    form: ActionForm
    button: BoundButton
    draft: dict[str, str]
    next: str


def inline_form(request: HttpRequest, bound: BoundButton | None, row: Any, place: str) -> InlineForm | None:
    """The form of a button on a row, which leads back to this place of the page; None without the right to use it."""
    if bound is None or not bound.decision:
        return None
    button = bound.button
    initial = button.form.initial_for_row(row)
    form = button.form(actor=request_user.current_user(request), row=row, auto_id=f"id_{row.pk}_%s", initial=initial)
    url = button.get_url(row, type(row), {})
    return InlineForm(form, bound, drafts.form_draft(request, url) | {"path": url}, f"{request.path}{place}")
