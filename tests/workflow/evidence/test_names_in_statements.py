"""Texts of statements are refused if they contain the name of a confidential source."""

from __future__ import annotations

import pytest

from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.evidence import statements


def refused_for_a_name():
    return pytest.raises(ValidationFailed, match="contains the surname of a confidential source")


class TestNamesOfSources:
    """A text must not contain the name of any source that it concerns, however the two come together."""

    @pytest.fixture
    def keeper(self, room):
        identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
        return room.person("a keeper", unnamed=True, **identity)

    def test_a_quote_is_compared_with_the_informant(self, room, keeper):
        heard = {"directness": "second_hand", "informant": keeper.pk}
        with refused_for_a_name():
            room.says(room.person(), room.claim(), quote="I have it from Quillfeather.", **heard)
        assert room.says(room.person(), room.claim(), quote="I have it from somebody.", **heard).informant == keeper

    def test_a_new_informant_is_compared_with_the_quote_on_record(self, room, keeper, rosa):
        statement = room.says(
            room.person(), room.claim(), directness="second_hand", quote="I have it from Quillfeather."
        )
        with refused_for_a_name():
            statements.revise(statement_id=statement.pk, informant=keeper.pk, actor=rosa, now=room.now)
        statements.revise(statement_id=statement.pk, informant=keeper.pk, quote="", actor=rosa, now=room.now)

    def test_the_reason_of_an_ending_is_compared_with_the_speaker_of_the_replacement(self, room, keeper, rosa):
        statement = room.says(room.person(), room.claim())
        newer = room.says(room.person(), room.claim("Somebody closed it."))
        room.says(keeper, newer.claim)
        with refused_for_a_name():
            statements.end(
                statement_id=statement.pk, ended="superseded", ended_by=newer.pk, reason="Quillfeather rang.",
                actor=rosa, now=room.now,
            )  # fmt: skip

    def test_every_quote_that_moves_is_compared_with_the_speakers_on_the_other_claim(self, room, keeper, rosa):
        claim, other = room.claim(), room.claim("Somebody closed it.")
        origin = room.says(room.person(), claim)
        relayed = room.says(room.source("outlet"), claim, directness="relayed", quote="Quillfeather saw it.")
        statements.relay(derived_id=relayed.pk, origin_id=origin.pk, actor=rosa, now=room.now)
        room.says(keeper, other)
        with refused_for_a_name():
            statements.move(statement_id=origin.pk, claim_id=other.pk, actor=rosa, now=room.now)
