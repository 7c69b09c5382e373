"""Changes to protected accounts in the admin: requested on the user's page, approved and cancelled on their own."""

from __future__ import annotations

from django.urls import reverse

from editorial.models import AccountChange, SecondFactor, User
from tests.admin.conftest import assert_done, page_text
from tests.support.people import app_of

NEW = "correct horse battery"


def revise(browser, person, **data):
    kept = {"email": person.email, "time_zone": "UTC"}
    return browser.submit(person, "user.revise", **kept | data)


def test_a_custodians_new_password_needs_a_second_administrator(room, visit, people, bella):
    cuno, ada, second = people["cuno"], visit("ada"), visit("bella")
    assert "The second administrator decides" in page_text(ada.open_form(cuno, "user.revise"))
    answer = revise(ada, cuno, password=NEW)
    assert answer.status_code == 422
    assert "Tell the second administrator why" in page_text(answer)
    assert NEW.encode() not in answer.content
    answer = revise(ada, cuno, password=NEW, reason="He rang me.", first_name="Cuno")
    change = AccountChange.objects.get()
    assert_done(answer, cuno)
    assert answer["Location"].endswith(f"/accountchange/{change.pk}/change/")
    assert (cuno.first_name, cuno.check_password(NEW)) == ("Cuno", False)
    page = page_text(ada.page(change))
    for text in ("New password – Cuno", "He rang me.", "requested", "ada requested a change to the account"):
        assert text in page, text
    assert "pbkdf2" not in ada.page(change).content.decode()

    assert "Another administrator must approve it by" in page
    assert "It takes effect 1 day after approval" in page
    assert "Another administrator must approve your request." in ada.page(change).content.decode()
    assert "Another administrator must approve your request." not in second.page(change).content.decode()
    for form in (ada.open_form(change, "account.approve_change"), ada.submit(change, "account.approve_change")):
        assert (form.status_code, "must approve your request." in page_text(form)) == (403, True)
    assert "Account changes to approve 1" in page_text(second.client.get(reverse("admin:index")))
    assert "Account changes to approve" not in page_text(ada.client.get(reverse("admin:index")))
    assert_done(second.submit(change, "account.approve_change"), change)
    assert (change.state, change.approved_by) == ("approved", bella)
    assert "It takes effect on" in page_text(second.page(change))

    assert visit("rosa").page(change).status_code == 302
    assert visit("stan").page(change).status_code == 200
    assert visit("stan").submit(change, "account.cancel_change").status_code == 403
    assert_done(visit("cuno").submit(change, "account.cancel_change", reason="I did not ask."), change)
    assert change.state == "cancelled"


def test_a_users_page_shows_protection_and_pending_changes(room, visit, people):
    ada, cuno, rosa = visit("ada"), people["cuno"], people["rosa"]
    assert "Protected:" not in page_text(ada.page(rosa))
    assert_done(ada.submit(rosa, "user.grant_role", role="custodian", desk_id="", reason="She keeps the vault."))
    page = page_text(ada.page(rosa))
    for text in ("Protected:", "Pending changes", "New role: custodian at all desks", "She keeps the vault."):
        assert text in page, text
    assert "Protected:" in page_text(ada.page(cuno))


def test_factor_removal_new_email_and_reactivation_need_approval_too(room, visit, people):
    ada, stan, gina = visit("ada"), people["stan"], people["gina"]
    app_of(stan, room)
    assert_done(ada.submit(SecondFactor.objects.get(), "second_factor.remove", reason="Lost his phone."))
    assert_done(revise(ada, stan, email="stan@example.org", reason="He moved."))
    assert_done(ada.submit(gina, "user.reactivate", reason="She is back."))
    assert SecondFactor.objects.exists()
    assert set(AccountChange.objects.values_list("user__username", "kind", "state")) == {
        ("stan", "second_factor", "requested"),
        ("stan", "email", "requested"),
        ("gina", "reactivation", "requested"),
    }


def test_a_protected_role_of_a_new_user_needs_approval_and_the_message_says_so(room, visit):
    data = {"username": "nora", "email": "nora@newsroom.example", "password": NEW, "role": "editor", "time_zone": "UTC"}
    ada = visit("ada")
    assert_done(ada.submit(User, "user.create", **data))
    nora = User.objects.get(username="nora")
    assert not nora.memberships.exists()
    assert "A second administrator must approve the role." in page_text(ada.page(nora))


def test_break_glass_asks_for_a_reason_and_a_code(room, visit, people):
    ada, cuno = visit("ada"), people["cuno"]
    revise(ada, cuno, password=NEW, reason="He rang me.")
    change = AccountChange.objects.get()
    assert "It alerts the account's owner" in page_text(ada.open_form(change, "account.break_glass"))
    assert ada.submit(change, "account.break_glass", reason="").status_code == 422
    app = app_of(ada.person, room)
    assert ada.submit(change, "account.break_glass", reason="A threat.").status_code == 422
    assert_done(
        ada.submit(change, "account.break_glass", reason="A threat.", code=app.at(room.now, counter_offset=1)), change
    )
    cuno.refresh_from_db()
    assert (change.state, cuno.check_password(NEW)) == ("carried_out", True)
    assert "changed the account without a second administrator" in page_text(ada.page(cuno))
