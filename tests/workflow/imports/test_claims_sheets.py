"""Imports of claims sheets: what is filed, and what is refused."""

from __future__ import annotations

import pytest

from editorial.models import Claim, Desk, Event, MessageKind, Source, User
from editorial.workflow.core.errors import Conflict, Forbidden
from editorial.workflow.evidence import claims, sources
from editorial.workflow.imports import imports
from editorial.workflow.people import users
from tests.support.cast import Room, assert_refused, count_pending_jobs, events
from tests.workflow.imports.test_imports import KNOWN_BY, NAME, counts, processed, rows, start_import


class TestClaimsSheet:
    def test_is_filed_row_by_row_like_manual_input(self, room: Room, rosa: User) -> None:
        batch = start_import(room)
        assert (batch.state, batch.row_count, batch.read_as) == ("filing", 2, "UTF-8, semicolons")
        assert not Claim.objects.exists(), "nothing is filed while somebody waits for an answer"
        batch = processed(room, batch)
        assert (batch.state, counts(batch)) == ("done", (2, 2, 0, 0, 0))
        assert batch.ended_at == room.now
        gate, log = (row.claim for row in batch.rows.all())
        assert (gate.text, gate.risk, gate.filed_by, gate.desk) == ("The gate was open.", "serious", rosa, room.desk)
        assert log.risk == "contentious"
        assert events(gate)[0] == "claim.file"
        assert Event.objects.get(stream=f"claim:{gate.pk}", number=1).actor == rosa
        assert gate.assessments.exists(), "it is looked at like any other"
        assert events(batch) == ["import.start", "import.end"]

    def test_a_dry_run_files_nothing(self, room: Room) -> None:
        room.claim("Nobody kept the log.")
        before = Claim.objects.count(), Source.objects.count(), Event.objects.count()
        batch = processed(room, start_import(room, check_only=True))
        assert rows(batch) == [(2, "filed", []), (3, "known", [])]
        assert (Claim.objects.count(), Source.objects.count()) == before[:2]
        assert [row.claim_id is None for row in batch.rows.all()] == [True, False]
        assert set(Event.objects.order_by("-id")[:2].values_list("action", flat=True)) >= {"import.end"}
        assert not Event.objects.filter(action="claim.file", stream__startswith="claim:").exclude(
            stream=f"claim:{Claim.objects.get().pk}"
        )

    def test_reports_each_refused_row_and_files_the_others(self, room: Room) -> None:
        sheet = (
            "text,kind,risk,adverse_to\n,content,,\nThe sluice broke.,gossip,grave,\n=A1&B2,,,\nIt rained.,,,Nobody\n"
            "It froze.,,,\n"
        )
        batch = processed(room, start_import(room, sheet))
        assert rows(batch) == [
            (2, "refused", ["NO_TEXT"]),
            (3, "refused", ["UNKNOWN_VALUE", "UNKNOWN_VALUE"]),
            (4, "refused", ["FORMULA"]),
            (5, "refused", ["UNKNOWN_SOURCE"]),
            (6, "filed", []),
        ]
        assert counts(batch) == (5, 1, 0, 0, 4)
        assert [each["field"] for each in batch.rows.get(number=3).reasons] == ["kind", "risk"]

    def test_files_claims_that_need_context(self, room: Room) -> None:
        sheet = "text,needs_context\nWrecks doubled.,Yes\nIt rained.,no\nIt froze.,\nIt burnt.,perhaps\n"
        batch = processed(room, start_import(room, sheet))
        filed = [row.claim.needs_context for row in batch.rows.order_by("number") if row.claim]
        assert (filed, rows(batch)[-1]) == ([True, False, False], (5, "refused", ["UNKNOWN_VALUE"]))

    @pytest.mark.parametrize("check_only", [False, True])
    def test_an_utterance_carries_claims_of_earlier_lines_and_of_the_desk(self, room: Room, check_only: bool) -> None:
        known = room.claim("It rained.")
        sheet = (
            "text,kind,carries\nThe gate was open.,,\n"
            f"She said “open”.,utterance,The gate was open. | It rained.\nShe said “rain”.,utterance,{known.pk}\n"
        )
        batch = processed(room, start_import(room, sheet, check_only=check_only))
        assert rows(batch) == [(2, "filed", []), (3, "filed", []), (4, "filed", [])]
        if not check_only:
            gate, both, one = (row.claim for row in batch.rows.order_by("number"))
            assert set(both.carries.all()) == {gate, known}
            assert set(one.carries.all()) == {known}

    @pytest.mark.parametrize("check_only", [False, True])
    def test_refuses_what_cannot_be_carried(self, room: Room, city: Desk, check_only: bool) -> None:
        foreign = room.claim("It hailed.", by="carl", desk_id=city.pk)
        sheet = (
            "text,kind,carries\nShe said “A”.,utterance,\nIt froze.,content,It rained.\n"
            "She said “B”.,utterance,It burnt.\nShe said “C”.,utterance,She said “A”.\nIt burnt.,,\n"
            f"She said “D”.,utterance,{foreign.pk}\n"
        )
        batch = processed(room, start_import(room, sheet, check_only=check_only))
        assert [(number, codes) for number, state, codes in rows(batch) if state == "refused"] == [
            (3, ["NOT_AN_UTTERANCE"]),
            (4, ["UNKNOWN_CLAIM"]),
            (5, ["CARRIES_AN_UTTERANCE"]),
            (7, ["NOT_FOUND"]),
        ]

    def test_files_duplicate_rows_once(self, room: Room) -> None:
        batch = processed(room, start_import(room, "text\nIt rained.\nIt froze.\nIt rained.\n"))
        assert rows(batch) == [(2, "filed", []), (3, "filed", []), (4, "known", ["DUPLICATE"])]
        assert "line 2" in batch.rows.get(number=4).reasons[0]["text"]

    def test_leaves_existing_claims_unchanged(self, room: Room) -> None:
        claim = room.claim("The gate was open.", risk="routine")
        dropped = room.claim("Nobody kept the log.")
        claims.drop(claim_id=dropped.pk, reason="Idle.", actor=room.people["edith"], now=room.now)
        batch = processed(room, start_import(room))
        assert rows(batch) == [(2, "known", []), (3, "filed", [])]
        assert batch.rows.get(number=2).claim == claim
        claim.refresh_from_db()
        assert claim.risk == "routine"

    def test_files_nothing_twice_when_imported_again(self, room: Room) -> None:
        first, again = processed(room, start_import(room)), processed(room, start_import(room, by="ruben"))
        assert counts(again) == (2, 0, 2, 0, 0)
        assert [row.claim_id for row in again.rows.all()] == [row.claim_id for row in first.rows.all()]

    def test_finds_the_accused_by_name_or_id(self, room: Room) -> None:
        vale, mill = room.person("Harry Vale"), room.source("organization", "The Mill")
        sources.merge(
            source_id=(same := room.person("H. Vale")).pk, into_id=vale.pk, reason="Same.",
            actor=room.people["edith"], now=room.now,
        )  # fmt: skip
        batch = processed(
            room,
            start_import(
                room, f"text,adverse_to\nIt rained.,harry vale | THE MILL\nIt froze.,{mill.pk}\nIt burnt.,{same.pk}\n"
            ),
        )
        accused = [{source.pk for source in row.claim.adverse_to.all()} for row in batch.rows.all()]
        assert accused == [{vale.pk, mill.pk}, {mill.pk}, {vale.pk}]

    def test_refuses_an_ambiguous_name(self, room: Room) -> None:
        room.person("Harry Vale"), room.person("Harry Vale")
        assert rows(start_import(room, "text,adverse_to\nIt rained.,Harry Vale\n")) == [
            (2, "refused", ["AMBIGUOUS_SOURCE"])
        ]

    def test_files_large_sheets_in_batches_and_yields_to_other_jobs(self, room: Room) -> None:
        batch = start_import(room, "text\n" + "".join(f"Gate {number} was open.\n" for number in range(25)))
        for processed_rows in (10, 20, 25):
            imports.file_next(import_id=batch.pk, now=room.now)
            batch.refresh_from_db()
            assert batch.filed == processed_rows
        assert batch.state == "done"
        assert count_pending_jobs(MessageKind.IMPORT, batch) == 1

    def test_ends_a_batch_early_on_a_slow_machine(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "_MAX_JOB_SECONDS", 0.0)
        batch = start_import(room)
        for processed_rows in (1, 2):
            imports.file_next(import_id=batch.pk, now=room.now)
            batch.refresh_from_db()
            assert batch.filed == processed_rows
        assert batch.state == "done"

    def test_waits_while_the_queue_is_backlogged(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("editorial.backlog.BACKLOG_THRESHOLD", 1)
        batch = start_import(room)
        imports.file_next(import_id=batch.pk, now=room.now)
        batch.refresh_from_db()
        assert batch.filed == 0
        assert count_pending_jobs(MessageKind.IMPORT, batch) == 1, "the turn that waits already is the next one"

    def test_is_cancelled_between_batches(self, room: Room, ruben: User, edith: User) -> None:
        batch = start_import(room, "text\n" + "".join(f"Gate {number} was open.\n" for number in range(45)))
        imports.file_next(import_id=batch.pk, now=room.now)
        with assert_refused(Forbidden, "FORBIDDEN"):
            imports.cancel(import_id=batch.pk, actor=ruben, now=room.now)
        imports.cancel(import_id=batch.pk, actor=edith, now=room.now)
        batch = processed(room, batch)
        assert (batch.state, batch.filed, Claim.objects.count()) == ("cancelled", 10, 10)
        with assert_refused(Conflict, "ALREADY_ENDED"):
            imports.cancel(import_id=batch.pk, actor=edith, now=room.now)

    def test_is_filed_with_the_current_permissions_of_its_importer(self, room: Room, rosa: User, ada: User) -> None:
        batch = start_import(room)
        users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
        batch = processed(room, batch)
        assert counts(batch) == (2, 0, 0, 0, 2)
        assert rows(batch)[0][2] == ["FORBIDDEN"]


class TestConfidentialSources:
    def test_a_name_of_no_named_source_is_stored_nowhere(self, room: Room) -> None:
        batch = processed(room, start_import(room, f"text,adverse_to\nIt rained.,{NAME}\n"))
        stored = str([(row.data, row.reasons) for row in batch.rows.all()]) + str(
            list(Event.objects.values_list("data"))
        )
        assert NAME not in stored

    def test_a_protected_source_is_not_found_by_name_or_description(self, room: Room, cleo: User) -> None:
        hidden = room.person("a sluice engineer", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
        for name in (NAME, "a sluice engineer"):
            assert rows(start_import(room, f"text,adverse_to\nIt rained.,{name}\n")) == [
                (2, "refused", ["UNKNOWN_SOURCE"])
            ]
        sheet = f"text,adverse_to\nIt rained.,{hidden.pk}\n"
        assert rows(start_import(room, sheet))[0][1] == "waiting", "a user who sees it may name its id"
        city = {"desk_id": cleo.memberships.get().desk_id}
        assert rows(start_import(room, sheet, by="cleo", **city)) == [(2, "refused", ["UNKNOWN_SOURCE"])]


class TestTheSameWords:
    def test_unicode_variants_are_one_claim_and_one_name(self, room: Room) -> None:
        room.person("Rene\u0301e  H\u00f6lt")
        for sheet in (
            'text,adverse_to\n"The cr\u00eaperie\nis shut.",Ren\u00e9e Ho\u0308lt\n',
            'text,adverse_to\r\n"The cre\u0302perie\r\nis\u00a0shut.",Ren\u00e9e\u00a0H\u00f6lt\r\n',
        ):
            batch = processed(room, start_import(room, sheet))
            assert batch.refused == 0
        assert Claim.objects.count() == 1

    @pytest.mark.parametrize("marker", ["sep=;\r", '"sep=;"\n', "SEP=;\r\n"])
    def test_any_mark_of_the_delimiter_is_read(self, room: Room, marker: str) -> None:
        end = marker[-1]
        batch = processed(room, start_import(room, f"{marker}text;risk{end}It rained, at last.;routine{end}"))
        assert counts(batch) == (1, 1, 0, 0, 0)


class TestFormulas:
    def test_formulas_are_whole_cells_and_hashtags_are_words(self, room: Room) -> None:
        errors = ["#VALEUR!", "#NV", "#¿NOMBRE?", "#ÜBERLAUF!", "#ДЕЛ/0!", "Err:508", "=B2*3"]
        words = ["#SaveTheSluice is paid for.", "#Valuable gifts were taken.", "=> He left.", "#MeToo"]
        batch = processed(room, start_import(room, "text\n" + "".join(f'"{cell}"\n' for cell in errors + words)))
        assert [state for _, state, _ in rows(batch)] == ["refused"] * len(errors) + ["filed"] * len(words)
