"""Dead letters: retried, assigned and dismissed by administrators."""

from __future__ import annotations

from django.urls import reverse

from editorial.models import Membership, OutboxMessage, User
from tests.admin.conftest import assert_done, page_text


def test_a_dead_letter_is_retried(room, visit):
    room.claim()
    letter = OutboxMessage.objects.first()
    OutboxMessage.objects.filter(pk=letter.pk).update(state="dead", attempts=5)
    assert visit("edith").submit(letter, "job.retry").status_code == 403
    assert_done(visit("ada").submit(letter, "job.retry"), letter)
    assert (letter.state, letter.attempts) == ("ready", 0)


def test_a_dead_letter_is_assigned_reassigned_and_dismissed(room, visit):
    room.claim()
    letter = OutboxMessage.objects.first()
    OutboxMessage.objects.filter(pk=letter.pk).update(state="dead", attempts=5, dead_at=room.now, error="OSError")
    alma = User(username="alma", email="alma@newsroom.example", password="!")
    User.objects.bulk_create([alma])
    Membership.objects.create(user=alma, role="admin", desk=None)
    ada = visit("ada")
    assert visit("edith").submit(letter, "job.take").status_code == 403
    assert_done(ada.submit(letter, "job.take"), letter)
    assert letter.owner == room.people["ada"]
    lists = f"{reverse('admin:editorial_outboxmessage_changelist')}?dead_letters=mine"
    assert "OSError" in page_text(ada.client.get(lists))
    assert "Dead letters 1 yours" in page_text(ada.client.get(reverse("admin:index")))
    assert_done(ada.submit(letter, "job.assign", owner_id=str(alma.pk)), letter)
    assert letter.owner == alma
    assert "OSError" not in page_text(ada.client.get(lists))
    assert ada.submit(letter, "job.dismiss", reason="").status_code == 422
    assert_done(ada.submit(letter, "job.dismiss", reason="The claim is gone."), letter)
    assert letter.state == "dismissed"
    assert "The claim is gone." in page_text(ada.page(letter))
