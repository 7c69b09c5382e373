"""The report arrives, everybody repeats it, and somebody asks where it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding
from editorial.management.demo.case_data import Source, Statement


def a_report_comes_in(journal: CasePlayer) -> None:
    """The claims are filed, apart from each other, with what is known of who says them."""
    stage = journal.day.stage
    stage.scene("18:40", "A report comes in")
    stage.narrate(
        "The Journal reports secret contacts between Elon Musk and Vladimir Putin, and credits officials whom it does "
        "not name. What did the Journal say, and is it so? These are different claims, and are filed as such."
    )
    journal.find("musk", "putin", "peskov", "journal", "journals-officials")
    for name in ("journal-said", "contact", "one-call", "starlink"):
        claim = journal.case.claim(name)
        journal.claim(claim)
        stage.person_acts(journal.reporter.name, f"files a {claim.risk} claim: {claim.text}")
    journal.exhibit("journal-copy", "press-review")
    journal.register(journal.case.source("journal-page"))
    journal.rate("journal-page", "B")
    stage.person_acts(
        journal.reporter.name, "archives the Journal's page and records who says what, and who repeats whom."
    )
    journal.record(
        *(
            journal.case.statement(name)
            for name in (
                "journal-text", "contact-officials", "contact-journal", "call-officials", "call-journal",
                "starlink-journal",
            )
        )
    )  # fmt: skip
    found = journal.wait_for_finding("contact", _speaks_of(2), "for the worker to assess the contacts")
    stage.show_result(f"The contacts: {describe_finding(found)}.")
    stage.show_lines(lack["text"] for lack in found["missing"])
    journal.tasks("contact", "SEEK_FIRST_HAND")
    stage.narrate("The worker has put what there is to ask into the two queues, investigate and corroborate:")
    every = list(journal.reporter.iterate("/reviews", claim=journal.ids["contact"]))
    names = {journal.ids[name]: journal.case.source(name).name for name in ("musk", "putin", "journals-officials")}
    stage.show_lines(
        f"{task['queue']}: {task['question']}" + (f" – {names[task['about']]}" if task["about"] in names else "")
        for task in every
    )


def forty_repeats(journal: CasePlayer) -> None:
    """Forty outlets pass it on; three do not say from whom."""
    stage, repeats = journal.day.stage, loader.repeats()
    unattributed = loader.journal_day().unattributed
    stage.scene("20:55", "Forty outlets have it too")
    stage.narrate(
        "By nine o'clock forty papers, stations and sites carry it. Thirty-seven credit the Journal. Three write as if "
        "they had it themselves."
    )
    known = {source["name"]: source["id"] for source in journal.reporter.iterate("/sources", type="outlet", limit=200)}
    for outlet in repeats.outlets:
        if outlet in known:
            journal.ids[outlet] = known[outlet]
        else:
            journal.register(Source(id=outlet, type="outlet", name=outlet))
            journal.rate(outlet, repeats.rating)
        credited = repeat(outlet)
        journal.record(credited if outlet not in unattributed else replace(credited, repeats=()))
    stage.person_acts(journal.reporter.name, "records all forty.")
    found = journal.wait_for_finding(
        "contact",
        lambda seen: _speaks_of(42)(seen) and seen["origins"] == 1 + len(unattributed),
        "for the worker to assess the repeats",
    )
    stage.show_result(f"The contacts: {describe_finding(found)}.")
    stage.narrate(
        "Forty repeats have added nothing that counts. The three that name nobody look like origins of their own, so "
        "the worker asks for each of them to be traced."
    )


def the_roots_are_traced(journal: CasePlayer) -> None:
    """A fact-checker takes the tasks and finds where the three have it from."""
    stage, checker = journal.day.stage, journal.fact_checker
    stage.scene("21:10", "Where does it come from?")
    tasks = journal.tasks("contact", "TRACE_ROOT", len(loader.journal_day().unattributed))
    outlets = {journal.ids[repeat(outlet).id]: outlet for outlet in loader.journal_day().unattributed}
    for task in tasks:
        outlet = outlets[task["about"]]
        checker.post(f"/reviews/{task['id']}/take")
        stage.person_acts(checker.name, f"takes the task “{task['question']}” and rings {outlet}.")
        journal.trace(repeat(outlet).id, loader.repeats().of, by=checker)
    stage.person_acts(checker.name, "records it: all three have it from the Journal.")
    for task in tasks:
        journal.wait_until_closed(task)
    stage.show_result("The three questions are answered by what he recorded; the worker closes the tasks.")
    (starlink,) = journal.tasks("starlink", "TRACE_ROOT")
    checker.post(f"/reviews/{starlink['id']}/take")
    note = "The Journal does not say who told it of Starlink, and will not tell us."
    checker.post(f"/reviews/{starlink['id']}/finish", outcome="exhausted", note=note)
    stage.person_acts(checker.name, f"gives one up, with what was tried: “{note}”")
    checker.post(
        f"/sources/{journal.ids['journal-page']}/authenticate",
        reason=journal.case.source("journal-page").authenticated,
    )
    stage.person_acts(checker.name, "compares the Journal's page with two archives: it is what it claims to be.")
    found = journal.wait_for_finding(
        "contact", lambda seen: seen["origins"] == 1, "for the worker to assess what was traced"
    )
    stage.show_result(f"The contacts: {describe_finding(found)}.")
    said = journal.wait_for_finding(
        "journal-said", lambda seen: seen["basis"] == "record", "for the worker to assess the page"
    )
    stage.show_result(f"That the Journal reported it: {describe_finding(said)}.")
    stage.narrate(
        "Forty-one voices, one door. That the Journal said so is proved by its page; that it is so, by nothing."
    )


def repeat(outlet: str) -> Statement:
    """An outlet's repeat, crediting whom it has it from."""
    repeats = loader.repeats()
    return Statement(
        id=f"{outlet} repeats",
        source=outlet,
        claim=repeats.claim,
        stance="affirms",
        directness="relayed",
        obtained_by="external",
        exhibit=repeats.exhibit,
        repeats=(repeats.of,),
    )


def _speaks_of(number: int) -> Any:
    """Whether an assessment has seen so many statements for the claim."""
    return lambda seen: sum(len(group["statements"]) for group in seen["groups"]["origins"]) == number
