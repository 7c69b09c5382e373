"""The form that adopts a policy shows what would change first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editorial.admin.review.policy_forms import PolicyForm
from editorial.models import CorroborationPolicy, User
from tests.admin.conftest import AdminBrowser, assert_done, page_text
from tests.support.cast import Room


@pytest.fixture
def chief(visit: Callable[[str], AdminBrowser], stan: User) -> AdminBrowser:
    stan.memberships.create(desk=None, role="standards_editor")
    return visit("stan")


def filled(person: User, **changed: Any) -> dict[str, Any]:
    """The form as it is shown, with these changes."""
    shown = {name: value for name, value in PolicyForm(actor=person).initial.items() if value not in (None, False)}
    return shown | {"name": "Laxer", "note": "Agreed."} | changed


def test_what_would_change_is_shown_before_it_is_adopted(chief: AdminBrowser, room: Room) -> None:
    room.says(room.person(), room.claim("The gate was open.", risk="contentious"))
    form = page_text(chief.open_form(CorroborationPolicy, "policy.adopt"))
    assert "Contentious: thresholds" in form
    data = filled(chief.person, contentious_rows="1 0 0 0 0\n", routine_review_hours="12")
    first = chief.submit(CorroborationPolicy, "policy.adopt", **data)
    assert first.status_code == 422
    shown = page_text(first)
    assert "Contentious, rows: 1 0 0 0 0 instead of" in shown
    assert "Routine, review hours: 12 instead of" in shown
    assert "1 of 1 examined findings would change" in shown
    assert CorroborationPolicy.objects.count() == 1
    assert_done(chief.submit(CorroborationPolicy, "policy.adopt", **data, confirmed="on"))
    adopted = CorroborationPolicy.objects.get(version=2)
    assert adopted.risks.get(risk="routine").review_hours == 12
    assert [row.groups for row in adopted.rows.filter(risk="contentious")] == [1]


@pytest.mark.parametrize("rows", ["", "1 2 3", "one 0 0 0 0", "0 0 0 0 0", "1 0 0 0 100"])
def test_invalid_thresholds_are_refused(chief: AdminBrowser, rows: str) -> None:
    data = filled(chief.person, serious_rows=rows, confirmed="on")
    assert chief.submit(CorroborationPolicy, "policy.adopt", **data).status_code == 422
    assert CorroborationPolicy.objects.count() == 1


def test_others_read_who_may(visit: Callable[[str], AdminBrowser], room: Room) -> None:
    assert visit("edith").open_form(CorroborationPolicy, "policy.adopt").status_code == 403
