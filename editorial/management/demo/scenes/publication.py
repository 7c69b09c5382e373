"""From the first draft to the front page: what the gate refuses, and what has to be done before it lets a story by."""

from __future__ import annotations

from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding
from editorial.management.demo.case_data import Statement
from editorial.management.demo.client import ApiError, DemoFailed

_ACCUSING = ["contact", "one-call", "starlink"]
_SECONDS_LEFT = 6


def the_gate_refuses(journal: CasePlayer) -> None:
    """The story says as a fact what nobody has verified."""
    stage, reporter, editor = journal.day.stage, journal.reporter, journal.editor
    copy = loader.journal_day().asserted
    stage.scene("22:05", "Too good to check")
    journal.pitch(copy)
    stage.person_acts(reporter.name, f"writes: “{copy.headline}”, hands it in, and states the contacts as a fact.")
    journal.run_action("submit", reporter)
    journal.run_action("clear", editor)
    stage.person_acts(editor.name, "clears the copy, late as it is, and presses “publish”.")
    refusal = journal.expect_refusal("publish", editor)
    _expect(refusal, "E_ASSERTED_UNVERIFIED", "E_LEGAL", "E_REPLY_NOT_SENT")
    stage.show_refusal("The gate refuses:", _reasons(refusal, journal.gate()))


def the_parties_are_asked(journal: CasePlayer) -> None:
    """Both parties are owed a reply: one was asked yesterday, the other is asked now."""
    stage, reporter = journal.day.stage, journal.reporter
    asked = loader.journal_day().requests
    stage.scene("22:20", "Whoever is accused is asked")
    journal.ask("to musk", "musk", _ACCUSING, dict(asked["musk"]), ago=25, left=_SECONDS_LEFT / 3600)
    stage.person_acts(reporter.name, "notes what she put to Musk's office yesterday; his time is up in a moment.")
    journal.ask("to the kremlin", "peskov", _ACCUSING, dict(asked["peskov"]), ago=0, left=26)
    stage.person_acts(reporter.name, "puts the same to the Kremlin's spokesman, with 26 hours to answer.")
    codes = _codes(journal.gate())
    if "E_REPLY_PENDING" not in codes or "E_REPLY_NOT_SENT" in codes:
        raise DemoFailed(f"The gate should wait for the replies now, but asks for: {', '.join(sorted(codes))}.")
    stage.show_result(
        "The gate asks no longer for questions to be sent, but for answers to be waited for: E_REPLY_PENDING."
    )


def the_kremlin_answers(journal: CasePlayer) -> None:
    """One call is admitted, the rest denied; the other party lets its time pass."""
    stage, reporter = journal.day.stage, journal.reporter
    stage.scene("22:50", "The spokesman rings back")
    stage.narrate("On the record, and to us: there was one call, about space. There was no regular contact.")
    request = journal.ids["to the kremlin"]
    journal.record(
        Statement(id="call-answer", source="peskov", claim="one-call", stance="affirms", directness="first_hand"),
        Statement(id="contact-answer", source="peskov", claim="contact", stance="denies", directness="first_hand"),
        reply_request=request,
    )
    reporter.post(f"/reply-requests/{request}/answer", outcome="replied", respondent=journal.ids["peskov"])
    stage.person_acts(reporter.name, "records both answers and closes the request: replied.")
    contact = journal.wait_for_finding("contact", lambda seen: seen["contested"], "for the worker to assess the denial")
    stage.show_result(f"The contacts: {describe_finding(contact)}.")
    call = journal.wait_for_finding(
        "one-call", lambda seen: seen["basis"] == "admission", "for the worker to assess the admission"
    )
    stage.show_result(
        f"One call: {describe_finding(call)}. The side that is accused concedes it, to us and on the record."
    )
    notice = journal.wait_for_notification(reporter, journal.ids["to musk"], "reply.expire")
    stage.show_result(f"The clock strikes for Musk, and {reporter.name} is told: “{notice}”")
    if "E_REPLY_PENDING" in _codes(journal.gate()):
        raise DemoFailed("Both replies are in or overdue, and the gate still waits for them.")


def two_names_under_a_finding(journal: CasePlayer) -> None:
    """The engine finds, people sign: not the one who proposes, and nobody who wrote or gathered."""
    stage, checker, editor = journal.day.stage, journal.fact_checker, journal.editor
    stage.scene("23:00", "The engine finds, people sign")
    proposal = checker.post(f"/claims/{journal.ids['one-call']}/propose")
    stage.person_acts(checker.name, "proposes that the call be called verified, and tries to approve it as well.")
    try:
        checker.post(f"/signoffs/{proposal['id']}/approve")
    except ApiError as refusal:
        stage.show_refusal(str(refusal))
    else:
        raise DemoFailed("A fact-checker could approve what he had proposed himself.")
    editor.post(f"/signoffs/{proposal['id']}/approve")
    journal.sign("journal-said")
    stage.person_acts(
        editor.name, "has written nothing and gathered nothing, and approves. So with what the Journal said."
    )
    status = journal.reporter.get(f"/claims/{journal.ids['one-call']}")["status"]
    if status != "verified":
        raise DemoFailed(f"The call should be verified now that two people have signed, and is {status}.")
    stage.show_result("One call: verified, and in force.")


def the_story_runs(journal: CasePlayer) -> None:
    """Reworded, read by a lawyer and a standards editor, ticked off by a copy editor: now it may run."""
    stage, editor = journal.day.stage, journal.editor
    copy = loader.journal_day().attributed
    stage.scene("23:20", "What may we say?")
    journal.rewrite(copy)
    stage.person_acts(
        journal.reporter.name, f"rewrites: “{copy.headline}”. Only the call is stated; the rest is attributed."
    )
    stage.person_acts(journal.read("contact", "starlink"), "read both serious claims, for standards and for the law.")
    journal.run_action("clear", editor)
    refusal = journal.expect_refusal("publish", editor)
    _expect(refusal, "C_ATTRIBUTE", "C_NOT_VERIFIED", "C_INCLUDE_DENIAL", "C_REPLY_OUTCOME")
    stage.person_acts(
        editor.name, "clears the new copy and presses “publish”. Nothing forbids it; some things are owed:"
    )
    stage.show_refusal(
        "Not before a copy editor has put a name under each of these:", _reasons(refusal, journal.gate())
    )
    cora = journal.day.colleague("cora")
    stage.person_acts(
        cora.name, f"finds all of it in the copy and ticks off {journal.confirm_conditions(cora)} conditions."
    )
    journal.run_action("publish", editor)
    story = journal.story()
    if story["status"] != "published":
        raise DemoFailed(f"The story should have run, and is {story['status']}.")
    stage.show_result("Published. What was found of every claim at this moment is kept beside what was printed.")


def _expect(refusal: ApiError, *codes: str) -> None:
    missing = set(codes) - {reason.code for reason in refusal.reasons}
    if missing:
        raise DemoFailed(f"The gate should have named {', '.join(sorted(missing))}; it says: {refusal}")


def _reasons(refusal: ApiError, gate: Any) -> list[tuple[str, str]]:
    """Each code once, with what it means and on how many claims it stands."""
    meanings = {code["code"]: code["text"] for use in gate["uses"] for code in use["codes"]}
    claims: dict[str, set[str]] = {}
    for reason in refusal.reasons:
        claims.setdefault(reason.code, set()).add(reason.claim)
    return [(code, meanings[code] + (f" (On {len(on)} claims.)" if len(on) > 1 else "")) for code, on in claims.items()]


def _codes(gate: Any) -> set[str]:
    return set(gate["codes"])
