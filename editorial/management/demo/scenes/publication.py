"""From first draft to front page: what the gate refuses, and what it takes to publish."""

from __future__ import annotations

from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, expect_codes, explained_codes
from editorial.management.demo.case_data import Statement
from editorial.management.demo.client import ApiError, DemoFailed

_ACCUSING = ["contact", "one-call", "starlink"]
_SECONDS_LEFT = 6


def the_gate_refuses(journal: CasePlayer) -> None:
    """The story asserts what nobody has verified, and then quotes it."""
    terminal, reporter, editor = journal.day.terminal, journal.reporter, journal.editor
    copy = loader.journal_day().asserted
    terminal.scene("22:05", "Too good to check")
    journal.pitch(copy)
    terminal.person_acts(reporter.name, f"writes: “{copy.headline}”, submits it, and asserts the contacts as fact.")
    journal.run_action("submit", reporter)
    journal.run_action("clear", editor)
    terminal.person_acts(editor.name, "clears the copy at that late hour and presses “publish”.")
    refusal = journal.expect_refusal("publish", editor)
    expect_codes(refusal, "E_ASSERTED_UNVERIFIED", "E_LEGAL", "E_REPLY_NOT_SENT")
    terminal.show_refusal("The gate refuses:", explained_codes(refusal, journal.gate()))
    journal.rewrite(loader.journal_day().quoted)
    terminal.person_acts(reporter.name, "tries again: now the copy only quotes the Journal, and lists nothing else.")
    terminal.show_result(f"The report carries the contacts, so the gate judges them all the same: {_carried(journal)}.")


def _carried(journal: CasePlayer) -> str:
    """The codes on the contacts, which the story only quotes."""
    uses = {use["claim"]: use for use in journal.gate()["uses"]}
    contact = uses.get(journal.ids["contact"])
    if contact is None or contact["carried_by"] != [journal.ids["journal-said"]]:
        raise DemoFailed("The gate should judge the contacts, which the Journal's report carries.")
    return ", ".join(code["code"] for code in contact["codes"])


def the_parties_are_asked(journal: CasePlayer) -> None:
    """Both parties are owed a reply: one was asked yesterday, the other is asked now."""
    terminal, reporter = journal.day.terminal, journal.reporter
    questions = loader.journal_day().requests
    terminal.scene("22:20", "Right of reply")
    journal.ask(
        "to musk", "musk", _ACCUSING, dict(questions["musk"]), sent_hours_ago=25, due_in_hours=_SECONDS_LEFT / 3600
    )
    terminal.person_acts(
        reporter.name, "logs the questions that she sent to Musk's office yesterday; the deadline is seconds away."
    )
    journal.ask("to the kremlin", "peskov", _ACCUSING, dict(questions["peskov"]), sent_hours_ago=0, due_in_hours=26)
    terminal.person_acts(reporter.name, "sends the same questions to the Kremlin's spokesman, due in 26 hours.")
    codes = _codes(journal.gate())
    if "E_REPLY_PENDING" not in codes or "E_REPLY_NOT_SENT" in codes:
        raise DemoFailed(f"The gate should now wait for the replies but requires: {', '.join(sorted(codes))}.")
    terminal.show_result("The gate no longer requires questions to be sent; it waits for the answers: E_REPLY_PENDING.")


def the_kremlin_answers(journal: CasePlayer) -> None:
    """The spokesman admits one call and denies the rest; the other party misses the deadline."""
    terminal, reporter = journal.day.terminal, journal.reporter
    terminal.scene("22:50", "The spokesman calls back")
    terminal.narrate("On the record, and to us: there was one call, about space. There was no regular contact.")
    request = journal.ids["to the kremlin"]
    answers = [
        {"claim": journal.ids[claim], "stance": stance, "directness": "first_hand"}
        for claim, stance in (("one-call", "affirms"), ("contact", "denies"))
    ]
    reporter.post(
        f"/reply-requests/{request}/answer",
        outcome="replied",
        respondent=journal.ids["peskov"],
        answers=answers,
        no_statement_reason="He said nothing about the rest.",
    )
    terminal.person_acts(reporter.name, "records that he replied, with both answers as statements.")
    journal.show_finding("The contacts", "contact", lambda latest: latest["contested"])
    journal.show_finding(
        "One call",
        "one-call",
        lambda latest: (latest["finding"], latest["independent"]) == ("under_investigation", 1),
        " One side admits it to us; that settles nothing against the other, who is silent.",
    )
    notice = journal.wait_for_notification(reporter, journal.ids["to musk"], "reply.expire")
    terminal.show_result(f"Musk's deadline passes, and {reporter.name} is notified: “{notice}”")
    if "E_REPLY_PENDING" in _codes(journal.gate()):
        raise DemoFailed("Both replies are in or overdue, but the gate still waits for them.")


def answer(name: str, claim: str, stance: str) -> Statement:
    """An answer of the Kremlin's spokesman to our questions."""
    return Statement(
        id=name, source="peskov", claim=claim, stance=stance, directness="first_hand", reply_request="to the kremlin"
    )


def two_names_under_a_finding(journal: CasePlayer) -> None:
    """The engine finds, people sign: not the proposer, and not the authors or collectors."""
    terminal, checker, editor = journal.day.terminal, journal.fact_checker, journal.editor
    terminal.scene("23:00", "The engine finds, people sign")
    proposal = checker.post(f"/claims/{journal.ids['journal-said']}/propose")
    terminal.person_acts(checker.name, "proposes “verified” for the Journal's report, and tries to approve it as well.")
    try:
        checker.post(f"/signoffs/{proposal['id']}/approve")
    except ApiError as refusal:
        terminal.show_refusal(str(refusal))
    else:
        raise DemoFailed("A fact-checker could approve his own proposal.")
    editor.post(f"/signoffs/{proposal['id']}/approve")
    terminal.person_acts(editor.name, "has written and gathered nothing, and approves.")
    status = journal.reporter.get(f"/claims/{journal.ids['journal-said']}")["status"]
    if status != "verified":
        raise DemoFailed(f"The Journal's report should be verified after two signatures but is {status}.")
    terminal.show_result("That the Journal reported it: verified, and in force.")


def the_story_runs(journal: CasePlayer) -> None:
    """Reworded, reviewed by a lawyer and a standards editor, conditions confirmed by a copy editor: now it may run."""
    terminal, editor = journal.day.terminal, journal.editor
    copy = loader.journal_day().attributed
    terminal.scene("23:20", "What may we say?")
    journal.rewrite(copy)
    terminal.person_acts(
        journal.reporter.name, f"rewrites: “{copy.headline}”. Nothing is asserted; each claim is attributed."
    )
    terminal.person_acts(journal.read("contact", "starlink"), "review both serious claims, for standards and law.")
    journal.run_action("clear", editor)
    refusal = journal.expect_refusal("publish", editor)
    expect_codes(refusal, "C_ATTRIBUTE", "C_NOT_VERIFIED", "C_INCLUDE_DENIAL", "C_REPLY_OUTCOME")
    terminal.person_acts(
        editor.name, "clears the new copy and presses “publish”. Nothing blocks it, but conditions are open:"
    )
    terminal.show_refusal("A copy editor has to confirm each of these first:", explained_codes(refusal, journal.gate()))
    cora = journal.day.colleague("cora")
    terminal.person_acts(
        cora.name, f"finds all of it in the copy and confirms {journal.confirm_conditions(cora)} conditions."
    )
    journal.run_action("publish", editor)
    story = journal.story()
    if story["status"] != "published":
        raise DemoFailed(f"The story should be published but is {story['status']}.")
    terminal.show_result("Published. The finding on every claim is stored with the published copy.")


def _codes(gate: Any) -> set[str]:
    return set(gate["codes"])
