"""The story's page as a desk: marked passages, conditions confirmed together, objections with what resolves them."""

from __future__ import annotations

import pytest

from editorial.models import Event
from editorial.policy.publication import wording
from editorial.policy.vocabulary import FindingValue, Mode
from tests.admin.conftest import assert_done, page_text

pytestmark = pytest.mark.exhaustive  # plays whole stories


def ticked(page) -> list[str]:
    return [f"{use.claim.pk} {issue.code}" for use, issue in page.context["gate_view"].open_conditions]


def test_several_conditions_are_confirmed_in_one_press(room, visit):
    story = room.cleared(room.corroborated(), room.corroborated("The lock was broken."), mode="attributed")
    page = visit("cora").page(story)
    conditions = ticked(page)
    assert len(conditions) > 1
    assert f"Confirm several of the {len(conditions)} conditions together" in page_text(page)
    assert_done(visit("cora").submit(story, "story.confirm_condition.many", conditions=conditions))
    assert story.condition_checks.count() == len(conditions)
    events = Event.objects.filter(stream=f"story:{story.pk}", action="story.confirm_condition")
    assert {f"{event.data['claim']} {event.data['code']}" for event in events} == set(conditions)
    assert not ticked(visit("cora").page(story))


def test_one_condition_that_is_not_asked_for_refuses_all(room, visit):
    story = room.cleared(room.corroborated(), mode="attributed")
    conditions = ticked(visit("cora").page(story))
    missing = [*conditions, f"{room.claim('Another.').pk} C_ATTRIBUTE"]
    assert visit("cora").submit(story, "story.confirm_condition.many", conditions=missing).status_code == 422
    assert not story.condition_checks.exists()
    stale = visit("cora").submit(
        story, "story.confirm_condition.many", conditions=conditions, expected_version=story.version - 1
    )
    assert stale.status_code == 409, "nobody confirms a copy that they have not read"
    assert visit("edith").submit(story, "story.confirm_condition.many", conditions=conditions).status_code == 403
    assert not story.condition_checks.exists()


def test_an_objection_has_the_button_that_resolves_it(room, visit):
    party = room.person("Mayor Bram Holt")
    claim = room.claim("The lock was broken.", adverse_to=[party.pk])
    room.says(room.person(), claim)
    story = room.cleared(claim, mode="asserted")
    room.settle()
    (use,) = visit("edith").page(story).context["gate_view"].uses
    offered = {issue.code.value: [each.button.label for each in issue.buttons] for issue in use.issues}
    assert offered["E_REPLY_NOT_SENT"] == ["Log a request for comment"]
    assert offered["E_ASSERTED_UNVERIFIED"] == ["Revise"]
    (link,) = [issue.link for issue in use.issues if issue.code == "E_ASSERTED_UNVERIFIED"]
    assert link == (f"/admin/editorial/claim/{claim.pk}/change/#missing", "What it lacks")
    (ask,) = [each for issue in use.issues for each in issue.buttons if issue.code == "E_REPLY_NOT_SENT"]
    assert str(story.pk) in ask.url, "it leads back to the story"
    assert visit("edith").client.get(ask.url).status_code == 200


def test_passages_are_marked_where_the_words_or_most_of_them_stand(room, visit):
    exact, likely = room.claim("The lock was broken."), room.claim("The night guard slept through the siren.")
    absent = room.claim("Rain fell on Tuesday in the eastern hills.")
    story = room.story(exact, likely, absent)
    form = {
        "headline": "The gate",
        "body": "Police say THE  LOCK was broken. That night the guard slept through the siren.\n\nNothing else.",
    }
    uses = {f"uses-{number}-{name}": value for number, claim in enumerate((exact, likely, absent))
            for name, value in (("claim", str(claim.pk)), ("mode", "asserted"), ("central", "on"))}  # fmt: skip
    totals = {"uses-TOTAL_FORMS": 6, "uses-INITIAL_FORMS": 3}
    assert_done(visit("rosa").submit(story, "story.revise", **form, **uses, **totals))
    page = visit("rosa").page(story)
    numbers = {use.claim.pk: use.number for use in page.context["gate_view"].uses}
    paragraphs = page.context["marked_copy"]
    assert "".join(part.text for part in paragraphs[0]).startswith("Police say THE LOCK was broken.")
    marked = {part.number: part.text for paragraph in paragraphs for part in paragraph if part.number}
    assert marked[numbers[exact.pk]] == "THE LOCK was broken"
    assert marked[numbers[likely.pk]].startswith("That night the guard slept")
    assert numbers[absent.pk] not in marked
    assert f'href="#use-{numbers[exact.pk]}"' in page.content.decode()


@pytest.mark.parametrize("status", [*FindingValue, None])
@pytest.mark.parametrize("mode", Mode)
def test_a_wording_never_states_as_fact_what_is_not_verified(status, mode):
    text = wording.suggestion("The gate was open.", mode=mode, status=status, contested=True)
    if mode is Mode.OMITTED or status is FindingValue.WITHDRAWN:
        assert text == ""
    elif status is FindingValue.VERIFIED and mode is not Mode.ATTRIBUTED:
        assert text == "“The gate was open.” [The party] denies it."
    else:
        assert text != "“The gate was open.”"
        assert "[" in text
