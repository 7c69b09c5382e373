"""The report arrives, everyone repeats it, and somebody asks where it comes from."""

from __future__ import annotations

from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer


def a_report_comes_in(journal: CasePlayer) -> None:
    """File the claims separately, with their sources."""
    terminal = journal.day.terminal
    terminal.scene("18:40", "A report comes in")
    terminal.narrate(
        "The Journal reports secret contacts between Elon Musk and Vladimir Putin, and credits officials whom it does "
        "not name. What did the Journal say, and is it true? These are different claims and are filed separately."
    )
    case = journal.case
    claims = [case.claim(name) for name in ("journal-said", "contact", "one-call", "starlink")]
    sources = [case.source(name) for name in ("musk", "putin", "peskov", "journal", "journals-officials")]
    # Today only one of the claims that the page establishes is filed.
    page = case.source("journal-page").model_copy(update={"establishes": ("journal-said",)})
    journal.exhibit("journal-copy", "press-review")
    journal.file(
        sources=[*journal.find(sources), page],
        claims=journal.labelled(*claims),
        statements=[
            case.statement(name)
            for name in (
                "journal-text", "contact-officials", "contact-journal", "call-officials", "call-journal",
                "starlink-journal",
            )
        ],
    )  # fmt: skip
    for claim in claims:
        terminal.person_acts(journal.reporter.name, f"files a {claim.risk} claim: {claim.text}")
    journal.rate("journal-page", "B")
    terminal.person_acts(
        journal.reporter.name, "archives the Journal's page and records the statements and their origins."
    )
    assessment = journal.show_finding("The contacts", "contact", _speaks_of(2))
    terminal.show_lines(gap["text"] for gap in assessment["missing"])
    journal.tasks("contact", "SEEK_FIRST_HAND")
    terminal.narrate("The worker has opened tasks in the two queues, investigate and corroborate:")
    tasks = list(journal.reporter.iterate("/reviews", claim=journal.ids["contact"]))
    names = {journal.ids[source.id]: source.name for source in sources}
    terminal.show_lines(
        f"{task['queue']}: {task['question']}" + (f" – {names[task['about']]}" if task["about"] in names else "")
        for task in tasks
    )


def forty_repeats(journal: CasePlayer) -> None:
    """Forty outlets repeat it; three do not credit their source."""
    terminal, repeats = journal.day.terminal, loader.repeats()
    unattributed = loader.journal_day().unattributed
    terminal.scene("20:55", "Forty outlets have it too")
    terminal.narrate(
        "By nine o'clock forty papers, stations and sites carry it. Thirty-seven credit the Journal. Three write as if "
        "they had it themselves."
    )
    journal.ids |= {
        row["name"].replace(" ", "-"): row["id"] for row in journal.reporter.iterate("/sources", type="outlet")
    }
    outlets = [repeats.source(name) for name in repeats.outlets]
    new = [outlet for outlet in outlets if outlet.id not in journal.ids]
    statements = [repeats.statement(name, credited=name not in unattributed) for name in repeats.outlets]
    journal.file(sources=new, statements=statements)
    for outlet in new:
        journal.rate(outlet.id, repeats.rating)
    terminal.person_acts(journal.reporter.name, "records all forty.")
    journal.show_finding(
        "The contacts",
        "contact",
        lambda latest: _speaks_of(42)(latest) and latest["origins"] == 1 + len(unattributed),
    )
    terminal.narrate(
        "Forty repeats added nothing that counts. The three without credit look like separate origins, so "
        "the worker opens a task to trace each of them."
    )


def the_roots_are_traced(journal: CasePlayer) -> None:
    """A fact-checker takes the tasks and finds the origin of the three."""
    terminal, checker = journal.day.terminal, journal.fact_checker
    terminal.scene("21:10", "Where does it come from?")
    tasks = journal.tasks("contact", "TRACE_ROOT", len(loader.journal_day().unattributed))
    repeats = loader.repeats()
    outlets = {journal.ids[repeats.statement(name).id]: name for name in loader.journal_day().unattributed}
    for task in tasks:
        outlet = outlets[task["about"]]
        checker.post(f"/reviews/{task['id']}/take")
        terminal.person_acts(checker.name, f"takes the task “{task['question']}” and calls {outlet}.")
        journal.trace(repeats.statement(outlet).id, repeats.of, by=checker)
    terminal.person_acts(checker.name, "records it: all three have it from the Journal.")
    for task in tasks:
        journal.wait_until_closed(task)
    terminal.show_result("His records answer the three questions; the worker closes the tasks.")
    (starlink,) = journal.tasks("starlink", "TRACE_ROOT")
    checker.post(f"/reviews/{starlink['id']}/take")
    note = "The Journal does not say who told it of Starlink, and will not tell us."
    checker.post(f"/reviews/{starlink['id']}/finish", outcome="exhausted", note=note)
    terminal.person_acts(checker.name, f"ends a task as exhausted, with a note: “{note}”")
    checker.post(
        f"/sources/{journal.ids['journal-page']}/authenticate",
        reason=journal.case.source("journal-page").authenticated,
    )
    terminal.person_acts(checker.name, "compares the Journal's page with two archives: it is authentic.")
    journal.show_finding("The contacts", "contact", lambda latest: latest["origins"] == 1)
    journal.show_finding("That the Journal reported it", "journal-said", lambda latest: latest["basis"] == "record")
    terminal.narrate(
        "Forty-one voices, one origin. The page proves that the Journal said so; nothing proves that it is true."
    )


def _speaks_of(number: int) -> Any:
    """Whether an assessment counts that many statements for the claim."""
    return lambda latest: sum(len(group["statements"]) for group in latest["groups"]["origins"]) == number
