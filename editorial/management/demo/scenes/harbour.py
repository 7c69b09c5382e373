"""The City desk's story: two confidential sources who turn out to be one person."""

from __future__ import annotations

from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding, expect_codes, explained_codes
from editorial.management.demo.scenes.denial import expect_no_pending_remedy, show_flag_notifications


def two_people_who_must_not_be_named(envelopes: CasePlayer) -> None:
    """Two unnamed sources and a ledger support a serious claim, which is published."""
    terminal, reporter, checker, editor = (
        envelopes.day.terminal, envelopes.reporter, envelopes.fact_checker, envelopes.editor
    )  # fmt: skip
    today = loader.harbour_day()
    terminal.scene("Meanwhile", "Envelopes at Harrow Quay")
    terminal.narrate("The City desk has a story of its own, from an invented town with invented people.")
    case, ratings = envelopes.case, {"clerk": "B", "caller": "C", "ledger": "B"}
    known = [case.source(name) for name in ("harbour-office", "tennant", "barge-line")]
    envelopes.exhibit("ledger-copy", "interview-notes")
    envelopes.file(
        sources=[*envelopes.find(known), *map(case.source, ratings)],
        claims=envelopes.labelled(case.claim("envelopes")),
        statements=map(case.statement, ("clerk-saw", "caller-saw", "ledger-shows")),
    )
    terminal.person_acts(reporter.name, f"files a serious claim: {case.claim('envelopes').text}")
    for name, reliability in ratings.items():
        envelopes.rate(name, reliability)
    terminal.person_acts(reporter.name, "puts the clerk's name into the vault. The caller has not given one.")
    for name, vouched in (("clerk", case.source("clerk").vouched), ("caller", today.vouched)):
        editor.post(f"/sources/{envelopes.ids[name]}/vouch", reason=vouched)
    terminal.person_acts(editor.name, "has met one and called the other back, and vouches for both.")
    checker.post(f"/sources/{envelopes.ids['ledger']}/authenticate", reason="Seen at the office, page by page.")
    for party in ("tennant", "barge-line"):
        envelopes.ask(
            f"to {party}", party, ["envelopes"], dict(today.requests[party]), sent_hours_ago=26, due_in_hours=-1
        )
    reporter.post(f"/reply-requests/{envelopes.ids['to tennant']}/answer", outcome="declined")
    reporter.post(f"/reply-requests/{envelopes.ids['to barge-line']}/answer", outcome="no_response")
    assessment = envelopes.wait_for_finding("envelopes", lambda latest: latest["finding"] == "verified")
    terminal.show_result(f"The envelopes: {describe_finding(assessment)}. {_hangs_on(assessment)}")
    envelopes.read("envelopes")
    envelopes.sign("envelopes")
    envelopes.pitch(today.two_people)
    envelopes.run_action("submit", reporter)
    envelopes.run_action("clear", editor)
    envelopes.confirm_conditions(envelopes.day.colleague("cora"))
    _wait_for_the_court(envelopes)
    envelopes.run_action("publish", editor)
    terminal.person_acts(
        editor.name,
        "publishes, after reviews, sign-off and confirmed conditions: “Two people with direct knowledge say …”",
    )


def the_two_are_one(envelopes: CasePlayer) -> None:
    """The vault already knows the caller's name. The published copy said two people."""
    terminal, checker, editor = envelopes.day.terminal, envelopes.fact_checker, envelopes.editor
    today, caller = loader.harbour_day(), envelopes.case.source("caller")
    recipients = [envelopes.reporter, editor]
    terminal.scene("A week later", "Two sources, one person")
    terminal.narrate(
        "The caller gives her name at last. Ines enters it into the vault, which compares tokens, not names."
    )
    checker.post(
        f"/sources/{envelopes.ids['caller']}/protect",
        name=caller.name,
        identity_name=today.real_name.name,
        identity_known_by=today.real_name.known_by,
    )
    editor.post(f"/sources/{envelopes.ids['caller']}/vouch", reason="It is the person I have met.")
    assessment = envelopes.wait_for_finding("envelopes", lambda latest: bool(_joined(latest)))
    join = _joined(assessment)[0]
    terminal.show_result(f"The clerk and the caller are joined. {join['text']}")
    terminal.show_result(f"The envelopes: {describe_finding(assessment)}. {_hangs_on(assessment)}")
    because = envelopes.wait_for_remedy("correction")
    terminal.show_result(f"The claim stands, but the copy needs a correction. {because}")
    show_flag_notifications(envelopes, recipients)
    envelopes.rewrite(today.one_person)
    envelopes.confirm_conditions(envelopes.day.colleague("cora"))
    envelopes.run_action("correct", editor, text=today.correction)
    terminal.person_acts(editor.name, f"publishes it: “{today.correction}”")
    expect_no_pending_remedy(envelopes)


def _wait_for_the_court(envelopes: CasePlayer) -> None:
    """A restriction by court order blocks the verified claim until the lawyer lifts it."""
    terminal, lawyer, claim = envelopes.day.terminal, envelopes.day.colleague("lena"), envelopes.ids["envelopes"]
    lawyer.post(f"/claims/{claim}/restrict", kind="court", reason="Interim order, until the hearing at noon.")
    terminal.person_acts(lawyer.name, "restricts the claim: a court order bars publication until a hearing at noon.")
    refusal = envelopes.expect_refusal("publish", envelopes.editor)
    expect_codes(refusal, "E_RESTRICTED")
    terminal.show_refusal("True or not, the gate refuses:", explained_codes(refusal, envelopes.gate()))
    (restriction,) = lawyer.get(f"/claims/{claim}")["restrictions"]
    lawyer.post(
        f"/claims/{claim}/lift-restriction", restriction=restriction["id"], reason="The court discharged the order."
    )
    terminal.person_acts(lawyer.name, "lifts the restriction at noon: the court has discharged the order.")


def _joined(assessment: Any) -> list[Any]:
    return [join for group in assessment["groups"]["independent"] for join in group["joins"]]


def _hangs_on(assessment: Any) -> str:
    names = [source["name"] for dependency in assessment["hangs_on"] for source in dependency["sources"][:1]]
    return f"It hangs on: {'; '.join(names)}." if names else "It hangs on no single source."
