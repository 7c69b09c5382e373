"""The scenes of the day, in order."""

from __future__ import annotations

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, DemoSession
from editorial.management.demo.scenes import denial, harbour, publication, report


def play(day: DemoSession) -> str:
    """Play the whole day. Returns the id of the Journal story; raises DemoFailed if something goes otherwise."""
    journal = CasePlayer(day, loader.journal())
    report.a_report_comes_in(journal)
    report.forty_repeats(journal)
    report.the_roots_are_traced(journal)
    publication.the_gate_refuses(journal)
    publication.the_parties_are_asked(journal)
    publication.the_kremlin_answers(journal)
    publication.two_names_under_a_finding(journal)
    publication.the_story_runs(journal)
    denial.denial_arrives(journal)
    denial.story_is_corrected(journal)

    envelopes = CasePlayer(day, loader.harbour())
    harbour.two_people_who_must_not_be_named(envelopes)
    harbour.the_two_are_one(envelopes)
    return journal.ids["story"]
