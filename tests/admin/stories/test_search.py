"""The search page and the palette: what the user may see, escaped, on every page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.admin.conftest import page_text

PAGE, PALETTE = "admin:search", "admin:search_palette"


def test_the_search_page_counts_by_type_marks_words_and_escapes_texts(visit, room):
    claim = room.claim("The harbour & the <i>gate</i> were open.")
    room.says(room.person(), claim, quote="The harbour was dark.")
    response = visit("rosa").client.get(reverse(PAGE), {"q": "harbours"})
    content = response.content.decode()
    assert "The <mark>harbour</mark> &amp; the" in content
    assert "the &lt;i&gt;gate&lt;/i&gt; were open." in content
    assert "<i>gate" not in content
    assert reverse("admin:editorial_claim_change", args=[claim.pk]) in content
    assert "Claims 1" in page_text(response)
    narrowed = visit("rosa").client.get(reverse(PAGE), {"q": "harbours", "type": "statement"})
    assert "<mark>harbour</mark> was dark" in narrowed.content.decode()
    assert "<mark>harbour</mark> &amp;" not in narrowed.content.decode()
    assert "Claims 1" in page_text(narrowed)


def test_nothing_found_and_nothing_asked_say_what_to_do(visit, room):
    browser = visit("rosa").client
    assert "Nothing that you may see has these words." in page_text(browser.get(reverse(PAGE), {"q": "zzzyyy"}))
    assert "Words in any order" in page_text(browser.get(reverse(PAGE)))


@pytest.mark.parametrize(
    "query", [{"q": "x" * 201}, {"q": "a\0b"}, {"q": "gate", "type": "desk"}, {"q": "a", "desk": "b"}]
)
def test_an_impossible_search_is_explained(visit, room, query):
    response = visit("rosa").client.get(reverse(PAGE), query)
    assert response.status_code == 200
    assert "This cannot be searched for." in page_text(response)
    assert visit("rosa").client.get(reverse(PALETTE), query).json()["found"] == []


def test_the_palette_offers_what_is_typed_and_what_the_user_may_do(visit, room):
    claim = room.claim("The lighthouse was dark.")
    answer = visit("rosa").client.get(reverse(PALETTE), {"q": "lightho"}).json()
    url = reverse("admin:editorial_claim_change", args=[claim.pk])
    assert answer == {"found": [{"type": "Claim", "label": claim.text, "url": url}]}
    actions = [action["label"] for action in visit("rosa").client.get(reverse(PALETTE)).json()["actions"]]
    assert "Pitch a story" in actions
    assert "Adopt a policy" not in " ".join(actions)
    assert len(visit("lara").client.get(reverse(PALETTE)).json()["actions"]) < len(actions)


def test_other_desks_find_nothing_of_a_protected_source(visit, planted):
    for word in ("facecanary", "waycanary", "realcanary", "knowncanary"):
        assert visit("carl").client.get(reverse(PALETTE), {"q": word}).json() == {"found": []}
        page = page_text(visit("carl").client.get(reverse(PAGE), {"q": word}))
        assert "Nothing that you may see has these words." in page


def test_every_page_leads_to_the_search(visit, room):
    content = visit("rosa").page(room.claim()).content.decode()
    assert f'href="{reverse(PAGE)}" data-palette="{reverse(PALETTE)}"' in content
    assert "palette.js" in content
