"""The other desk's story: two people who must not be named and turn out to be one."""

from __future__ import annotations

from typing import Any

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding
from editorial.management.demo.client import DemoFailed
from editorial.management.demo.scenes.denial import expect_no_pending_remedy, show_flag_notifications


def two_people_who_must_not_be_named(envelopes: CasePlayer) -> None:
    """Two unnamed sources and a ledger support a serious claim, which is published."""
    stage, reporter, checker, editor = (
        envelopes.day.stage, envelopes.reporter, envelopes.fact_checker, envelopes.editor
    )  # fmt: skip
    today = loader.harbour_day()
    stage.scene("Meanwhile", "Envelopes at Harrow Quay")
    stage.narrate("The City desk has a story of its own, from an invented town with invented people.")
    case, ratings = envelopes.case, {"clerk": "B", "caller": "C", "ledger": "B"}
    known = [case.source(name) for name in ("harbour-office", "tennant", "barge-line")]
    envelopes.exhibit("ledger-copy", "interview-notes")
    envelopes.file(
        sources=[*envelopes.find(known), *map(case.source, ratings)],
        claims=envelopes.labelled(case.claim("envelopes")),
        statements=map(case.statement, ("clerk-saw", "caller-saw", "ledger-shows")),
    )
    stage.person_acts(reporter.name, f"files a serious claim: {case.claim('envelopes').text}")
    for name, reliability in ratings.items():
        envelopes.rate(name, reliability)
    stage.person_acts(reporter.name, "puts the clerk's name into the vault. The caller has not given one.")
    for name, vouched in (("clerk", case.source("clerk").vouched), ("caller", today.vouched)):
        editor.post(f"/sources/{envelopes.ids[name]}/vouch", reason=vouched)
    stage.person_acts(editor.name, "has met one and called the other back, and vouches for both.")
    checker.post(f"/sources/{envelopes.ids['ledger']}/authenticate", reason="Seen at the office, page by page.")
    for party in ("tennant", "barge-line"):
        envelopes.ask(f"to {party}", party, ["envelopes"], dict(today.requests[party]), ago=26, left=-1)
    reporter.post(f"/reply-requests/{envelopes.ids['to tennant']}/answer", outcome="declined")
    reporter.post(f"/reply-requests/{envelopes.ids['to barge-line']}/answer", outcome="no_response")
    found = envelopes.wait_for_finding(
        "envelopes", lambda seen: seen["finding"] == "verified", "for the worker to assess the envelopes"
    )
    stage.show_result(f"The envelopes: {describe_finding(found)}. {_hangs_on(found)}")
    envelopes.read("envelopes")
    envelopes.sign("envelopes")
    envelopes.pitch(today.two_people)
    envelopes.run_action("submit", reporter)
    envelopes.run_action("clear", editor)
    envelopes.confirm_conditions(envelopes.day.colleague("cora"))
    envelopes.run_action("publish", editor)
    stage.person_acts(
        editor.name,
        "publishes, after reviews, sign-off and confirmed conditions: “Two people with direct knowledge say …”",
    )


def the_two_are_one(envelopes: CasePlayer) -> None:
    """The vault already knows the caller's name. The published copy said two people."""
    stage, checker, editor = envelopes.day.stage, envelopes.fact_checker, envelopes.editor
    today, caller = loader.harbour_day(), envelopes.case.source("caller")
    listening = [envelopes.reporter, editor]
    stage.scene("A week later", "Two sources, one person")
    stage.narrate("The caller gives her name at last. Ines enters it into the vault, which compares tokens, not names.")
    checker.post(
        f"/sources/{envelopes.ids['caller']}/protect",
        name=caller.name,
        identity_name=today.real_name.name,
        identity_known_by=today.real_name.known_by,
    )
    editor.post(f"/sources/{envelopes.ids['caller']}/vouch", reason="It is the person I have met.")
    found = envelopes.wait_for_finding(
        "envelopes", lambda seen: bool(_joined(seen)), "for the worker to compare the tokens"
    )
    join = _joined(found)[0]
    stage.show_result(f"The clerk and the caller are joined ({join['by']}). {join['text']}")
    stage.show_result(f"The envelopes: {describe_finding(found)}. {_hangs_on(found)}")
    story = envelopes.day.newsroom.wait_until(
        envelopes.story, lambda seen: seen["pending_remedy"], "for the worker to flag the envelopes"
    )
    if story["remedy"] != "correction":
        raise DemoFailed(f"The story should owe a correction but owes: {story['remedy']}.")
    stage.show_result(f"The claim stands, but the copy needs a correction. {story['pending_remedy']['because']}")
    show_flag_notifications(envelopes, listening)
    envelopes.rewrite(today.one_person)
    envelopes.confirm_conditions(envelopes.day.colleague("cora"))
    envelopes.run_action("correct", editor, text=today.correction)
    stage.person_acts(editor.name, f"publishes it: “{today.correction}”")
    expect_no_pending_remedy(envelopes)


def _joined(assessment: Any) -> list[Any]:
    return [join for group in assessment["groups"]["independent"] for join in group["joins"]]


def _hangs_on(assessment: Any) -> str:
    names = [source["name"] for one in assessment["hangs_on"] for source in one["sources"][:1]]
    return f"It hangs on: {'; '.join(names)}." if names else "It hangs on no single source."
