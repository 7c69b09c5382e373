"""The next morning: facts change after the story ran, and everybody who relied on it is told."""

from __future__ import annotations

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding
from editorial.management.demo.case_data import Statement
from editorial.management.demo.client import ApiUser, DemoFailed


def denial_arrives(journal: CasePlayer) -> None:
    """The spokesman answers what he had left open, and what was printed is not the whole of it any more."""
    stage, reporter = journal.day.stage, journal.reporter
    listening = [reporter, journal.editor, journal.day.colleague("stanley")]
    stage.scene("08:15, next morning", "A denial arrives")
    stage.narrate("The spokesman rings again: nobody asked for anything concerning Starlink, either.")
    journal.record(
        Statement(id="starlink-answer", source="peskov", claim="starlink", stance="denies", directness="first_hand"),
        reply_request=journal.ids["to the kremlin"],
    )
    stage.person_acts(reporter.name, "records the denial.")
    found = journal.wait_for_finding("starlink", lambda seen: seen["contested"], "for the worker to assess the denial")
    stage.show_result(f"Starlink: {describe_finding(found)}. It ran as open, and without a denial.")
    story = journal.day.newsroom.wait_until(
        journal.story, lambda seen: seen["pending_remedy"], "for the worker to flag the story"
    )
    if story["remedy"] != "update":
        raise DemoFailed(f"The story should owe an update, and owes: {story['remedy']}.")
    stage.show_result(f"The story owes its readers an {story['remedy']}. {story['pending_remedy']['because']}")
    stage.narrate("Everybody who has to know is told, in the newsroom and by mail:")
    show_flag_notifications(journal, listening)


def story_is_corrected(journal: CasePlayer) -> None:
    """The signatures under the changed claim are void; it is read again, and the copy printed anew."""
    stage, editor, cora = journal.day.stage, journal.editor, journal.day.colleague("cora")
    stage.scene("08:40", "Mended")
    stage.narrate(
        "What Stanley and Lena had read was an open claim; now it is a disputed one, and their names are void."
    )
    stage.person_acts(journal.read("starlink"), "read it again.")
    journal.rewrite(loader.journal_day().corrected)
    stage.person_acts(journal.reporter.name, "puts the denial beside the claim.")
    stage.person_acts(cora.name, f"ticks off {journal.confirm_conditions(cora)} conditions on the new copy.")
    journal.run_action("correct", editor, text=loader.journal_day().update)
    stage.person_acts(editor.name, f"prints it anew, with a line for readers: “{loader.journal_day().update}”")
    expect_no_pending_remedy(journal)


def show_flag_notifications(case: CasePlayer, listening: list[ApiUser]) -> None:
    """Everybody who has to know hears that the story owes something."""
    for colleague in listening:
        case.day.stage.person_acts(
            colleague.name, f"reads: “{case.wait_for_notification(colleague, case.ids['story'], 'story.flag')}”"
        )


def expect_no_pending_remedy(case: CasePlayer) -> None:
    """The story stands as it is printed now, and the engine agrees."""
    story = case.day.newsroom.wait_until(
        case.story, lambda seen: seen["pending_remedy"] is None, "for the worker to agree that nothing is owed any more"
    )
    if (story["status"], story["remedy"]) != ("published", "none"):
        raise DemoFailed(f"The story should be in print and owe nothing; it is {story['status']}, {story['remedy']}.")
    case.day.stage.show_result("In print, and nothing is owed to its readers any more.")
