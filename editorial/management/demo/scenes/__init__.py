"""The day, scene by scene, in the order in which `play` tells it."""

from __future__ import annotations

from editorial.management.demo import script
from editorial.management.demo.reporting import Day, Reporting
from editorial.management.demo.scenes import afterwards, harbour, into_print, report


def play(day: Day) -> str:
    """Play the whole day. Returns the id of the Journal's story; raises NotAsTold where something goes otherwise."""
    journal = Reporting(day, script.journal())
    report.a_report_comes_in(journal)
    report.forty_repeats(journal)
    report.the_roots_are_traced(journal)
    into_print.the_gate_refuses(journal)
    into_print.the_parties_are_asked(journal)
    into_print.the_kremlin_answers(journal)
    into_print.two_names_under_a_finding(journal)
    into_print.the_story_runs(journal)
    afterwards.a_denial_arrives(journal)
    afterwards.the_story_is_mended(journal)

    envelopes = Reporting(day, script.harbour())
    harbour.two_people_who_must_not_be_named(envelopes)
    harbour.the_two_are_one(envelopes)
    return journal.ids["story"]
