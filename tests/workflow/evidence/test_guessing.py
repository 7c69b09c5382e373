"""Guessing by texts: the name guard confirms a name, so lists, parallel requests and refused sheets must not help."""

from __future__ import annotations

import itertools
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from uuid_utils.compat import uuid7

from editorial.models import Event, MatchingAttempt, Notification
from editorial.notifications import notices
from editorial.policy import name_matching
from editorial.workflow.core.errors import ActionError, QuotaExceeded, ValidationFailed
from editorial.workflow.evidence import claims, statements
from editorial.workflow.evidence.confidentiality import matching
from editorial.workflow.stories import cases, stories
from tests.admin.conftest import AdminBrowser
from tests.api.conftest import ApiClient
from tests.support.cast import assert_refused, run_concurrently

NAME = "Zephyrine Quillfeather"
JO = {"identity_name": NAME, "identity_known_by": "1970-03-12"}


@pytest.fixture
def keeper(room):
    """A sealed source of the desk."""
    return room.person("a keeper", unnamed=True, **JO)


def directory(count):
    """That many invented full names, the sealed one among them."""
    heads, tails = ("Bra", "Cro", "Dri", "Fle", "Gna", "Klo", "Pru", "Sta"), ("bbel", "ckard", "dwin", "ffrey")
    given = ("Xaveria", "Yolantha", "Wilberth", "Ulfhild", "Thorsten", "Sigrun", "Radomil", "Quirinia")
    made = [f"{g} {h}{m}{t}" for g in given for h in heads for m in ("o", "u", "anto", "iri") for t in tails]
    names = list(itertools.islice(made, count - 1))
    names.insert(count * 2 // 3, NAME)
    return names


def weight(person):
    return sum(MatchingAttempt.objects.filter(person=person, kind="text").values_list("weight", flat=True))


def compared():
    return Event.objects.filter(action="identity.compare", stream__startswith="matchingattempt:")


class TestLists:
    def test_halving_a_thousand_names_does_not_find_the_right_one(self, room, keeper, ruben):
        claim = room.claim()
        room.says(keeper, claim)
        speaker, client, names, codes = room.person("Bob Public"), ApiClient(ruben), directory(1000), []
        said = {"claim": str(claim.pk), "source": str(speaker.pk), "stance": "affirms", "directness": "first_hand"}
        invalid = client.post("statements", **said, quote=". ".join(names), said_at="2099-01-01T00:00:00Z")
        assert invalid.codes == ["IN_THE_FUTURE"], "nothing is compared that would not be stored"
        while len(names) > 1:
            half = names[: len(names) // 2]
            answer = client.post("statements", **said, quote=". ".join(half))
            refused = answer.codes if answer.status >= 400 else []
            codes += refused
            names = half if refused == ["NAME_IN_TEXT"] else names[len(names) // 2 :]
        assert names != [NAME]
        assert codes.count("NAME_IN_TEXT") == 1
        assert codes[-1] == "MATCHING_QUOTA"

    def test_a_sheet_does_not_tell_which_row_contains_the_name(self, room, keeper, ruben, settings):
        names = directory(300)
        sheet = "text\n" + "".join(f"{name} opened the gate.\n" for name in names)
        answer = ApiClient(ruben).client.post(
            "/api/v1/imports",
            {
                "desk": str(room.desk.pk), "kind": "claims_sheet", "dry_run": "true",
                "file": SimpleUploadedFile("claims.csv", sheet.encode(), "text/csv"),
            },
        )  # fmt: skip
        (error,) = answer.json()["errors"]
        assert (error["code"], error["pointer"]) == ("NAME_IN_TEXT", "#/file")
        assert "surname" not in error["detail"]
        assert weight(ruben) == settings.MATCHING_PER_PERSON

    def test_a_row_that_names_its_adverse_party_is_not_identified_either(self, room, keeper, ruben):
        sheet = "text,adverse_to\n" + "".join(
            f"{name} opened the gate.,{keeper.pk}\n" for name in ("Ann Alba", NAME, "Bob Brown")
        )
        answer = ApiClient(ruben).client.post(
            "/api/v1/imports",
            {
                "desk": str(room.desk.pk), "kind": "claims_sheet",
                "file": SimpleUploadedFile("claims.csv", sheet.encode(), "text/csv"),
            },
        )  # fmt: skip
        assert [error["pointer"] for error in answer.json()["errors"]] == ["#/file"]

    def test_a_case_does_not_tell_which_of_its_texts_contains_the_name(self, room, keeper, rosa, settings):
        guesses = [{"text": f"{name} opened the gate."} for name in directory(100)]
        with pytest.raises(ValidationFailed) as refusal:
            cases.file(desk_id=room.desk.pk, claims=guesses, actor=rosa, now=room.now)
        (reason,) = refusal.value.reasons
        assert (reason.code, reason.field) == ("NAME_IN_TEXT", "")
        assert "surname" not in reason.text
        assert weight(rosa) == 1 + settings.MATCHING_PER_PERSON, "the whole case is one list; its first part passed"

    def test_the_chain_of_a_moved_statement_is_one_list(self, room, keeper, ruben):
        claim, target = room.claim(), room.claim("It stood open.")
        room.says(keeper, target)
        names = directory(21)
        quotes = [". ".join(names[start : start + 7]) for start in (0, 7, 14)]
        origin, *echoes = [
            room.says(room.source("outlet"), claim, quote=quote, directness=directness)
            for quote, directness in zip(quotes, ("first_hand", "relayed", "relayed"), strict=True)
        ]
        for echo in echoes:
            statements.relay(derived_id=echo.pk, origin_id=origin.pk, actor=ruben, now=room.now)
        MatchingAttempt.objects.all().delete()
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            statements.move(statement_id=origin.pk, claim_id=target.pk, actor=ruben, now=room.now)
        candidates = name_matching.count_candidates(["\n".join(quotes)])
        assert (weight(ruben), candidates > 20) == (1 + candidates - 10, True)

    def test_a_long_case_that_passes_counts_once(self, room, keeper, rosa):
        filed = [{"text": f"{name} opened the gate."} for name in directory(60) if name != NAME]
        cases.file(desk_id=room.desk.pk, claims=filed, actor=rosa, now=room.now)
        assert weight(rosa) == 1

    def test_a_split_does_not_tell_which_part_contains_the_name(self, room, keeper, rosa):
        with pytest.raises(ValidationFailed) as refusal:
            claims.split(claim_id=room.claim().pk, texts=["Roe did.", "Quillfeather did."], actor=rosa, now=room.now)
        (reason,) = refusal.value.reasons
        assert (reason.code, reason.field) == ("NAME_IN_TEXT", "texts")
        assert "surname" not in reason.text

    def test_an_ordinary_refusal_counts_once_and_names_the_part(self, room, keeper, rosa):
        with pytest.raises(ValidationFailed) as refusal:
            room.claim("It was Quillfeather who opened it, said the Harbour Board.")
        assert [(reason.field, "the surname" in reason.text) for reason in refusal.value.reasons] == [("text", True)]
        assert weight(rosa) == 1

    def test_a_long_text_that_passes_counts_once(self, room, keeper, rosa):
        names = [name for name in directory(300) if name != NAME]
        room.claim("They were " + ", ".join(names[:10]) + ".")
        assert weight(rosa) == 0
        room.claim("They were " + ", ".join(names) + ".")
        assert weight(rosa) == 1

    def test_invalid_input_is_refused_before_it_is_compared(self, room, keeper, rosa):
        for text in ("It was Quillfeather.", "It was Brobbel."):
            with pytest.raises(ValidationFailed) as refusal:
                claims.file(desk_id=room.desk.pk, text=text, risk="none", actor=rosa, now=room.now)
            assert [reason.code for reason in refusal.value.reasons] == ["INVALID"]
        assert weight(rosa) == 0

    def test_a_name_in_a_storys_copy_counts_by_its_length(self, room, keeper, rosa):
        claim = room.claim()
        room.says(keeper, claim)
        story = room.story(claim, mode="attributed")
        stories.revise(story_id=story.pk, body=f"{NAME} opened it.", actor=rosa, now=room.now)
        assert weight(rosa) == 1
        stories.revise(story_id=story.pk, body=". ".join(directory(600)), actor=rosa, now=room.now)
        assert weight(rosa) > 2


class TestNotice:
    def test_custodians_are_notified_of_every_refused_text(self, room, keeper, ruben, cuno):
        for _ in range(2):
            assert ApiClient(ruben).post("claims", desk=str(room.desk.pk), text="It was Quillfeather.").status == 422
        first, second = compared()
        assert (first.actor, first.desk, first.data, first.pk != second.pk) == (ruben, room.desk, {}, True)
        notices.notify(event_id=first.pk, now=room.now)
        (notice,) = Notification.objects.filter(user=cuno)
        assert notice.subject == "Text with a confidential name refused"
        assert NAME not in notice.body
        assert notice.path == f"/admin/editorial/event/{first.pk}/change/"
        assert AdminBrowser(cuno).page(first).status_code == 200
        assert not Notification.objects.filter(user__username="edith").exists()

    def test_a_refusal_inside_another_action_is_on_record_once(self, room, keeper, rosa):
        with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
            cases.file(desk_id=room.desk.pk, claims=[{"text": "It was Quillfeather."}], actor=rosa, now=room.now)
        assert compared().count() == 1

    def test_a_refusal_with_an_idempotency_key_is_on_record(self, room, keeper, rosa):
        answer = ApiClient(rosa).send(
            "post", "claims", {"desk": str(room.desk.pk), "text": "It was Quillfeather."},
            headers={"Idempotency-Key": "one"},
        )  # fmt: skip
        assert answer.codes == ["NAME_IN_TEXT"]
        assert compared().count() == 1

    def test_other_refusals_and_passing_texts_are_not(self, room, keeper, rosa):
        room.claim("It was Brobbel.")
        with pytest.raises(ActionError):
            room.claim("")
        assert not compared().exists()


class TestQuota:
    def test_beyond_the_desks_quota_right_and_wrong_guesses_are_refused_alike(self, room, keeper, settings, rosa):
        settings.MATCHING_PER_DESK = 3  # one for sealing the source itself
        for colleague in ("ruben", "felix"):
            with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
                room.claim("It was Quillfeather.", by=colleague)
        for name in ("Brobbel", "Crockard", "Quillfeather", "Dridwin"):
            with assert_refused(QuotaExceeded, "MATCHING_QUOTA"):
                room.claim(f"It was {name}.")
        assert weight(rosa) == 0

    def test_a_text_compared_beyond_the_desks_quota_counts_for_its_writer(self, room, keeper, settings, rosa):
        settings.MATCHING_PER_PERSON = 1
        with matching._own_transaction() as cursor:
            cursor.execute(
                "INSERT INTO editorial_matchingattempt (id, person_id, desk_id, kind, at, within_quota) "
                "VALUES (%s, %s, %s, 'text', %s, false)",
                [uuid7(), rosa.pk, room.desk.pk, room.now],
            )
        with assert_refused(QuotaExceeded, "MATCHING_QUOTA"):
            room.claim("It was Brobbel.")


@pytest.mark.exhaustive
def test_parallel_guesses_stay_within_the_quota(parallel, settings):
    settings.MATCHING_PER_PERSON = 2
    rosa, now, desk = parallel.people["rosa"], parallel.now, parallel.desk
    for letter, colleague in zip("abcdefgh", ("ruben", "felix", "faye", "edith") * 2, strict=True):
        parallel.person(
            f"keeper {letter}", unnamed=True, by=colleague, identity_name=f"Jo Quillfeather{letter * 3}",
            identity_known_by="1970",
        )  # fmt: skip
    texts = [f"It was {name}{letter * 3}." for name in ("Quillfeather", "Brobbel") for letter in "abcdefgh"]
    outcomes = run_concurrently(
        *[lambda text=text: claims.file(desk_id=desk.pk, text=text, actor=rosa, now=now) for text in texts]
    )
    codes = [outcome.reasons[0].code if isinstance(outcome, ActionError) else "" for outcome in outcomes]
    assert codes.count("NAME_IN_TEXT") == 2, json.dumps(codes)
    assert set(codes[:8]) <= {"NAME_IN_TEXT", "MATCHING_QUOTA"}
