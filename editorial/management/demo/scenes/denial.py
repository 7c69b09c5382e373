"""The next morning: the facts change after publication, and everyone who relied on them is notified."""

from __future__ import annotations

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer, describe_finding
from editorial.management.demo.client import ApiUser, DemoFailed
from editorial.management.demo.scenes.publication import answer


def denial_arrives(journal: CasePlayer) -> None:
    """The spokesman answers the open question, and the published story is no longer complete."""
    stage, reporter = journal.day.stage, journal.reporter
    listening = [reporter, journal.editor, journal.day.colleague("stanley")]
    stage.scene("08:15, next morning", "A denial arrives")
    stage.narrate("The spokesman calls again: nobody asked for anything concerning Starlink, either.")
    journal.file(statements=[answer("starlink-answer", "starlink", "denies")])
    stage.person_acts(reporter.name, "records the denial.")
    found = journal.wait_for_finding("starlink", lambda seen: seen["contested"], "for the worker to assess the denial")
    stage.show_result(f"Starlink: {describe_finding(found)}. It was published as open, without a denial.")
    story = journal.day.newsroom.wait_until(
        journal.story, lambda seen: seen["pending_remedy"], "for the worker to flag the story"
    )
    if story["remedy"] != "update":
        raise DemoFailed(f"The story should owe an update but owes: {story['remedy']}.")
    stage.show_result(f"The story owes its readers an {story['remedy']}. {story['pending_remedy']['because']}")
    stage.narrate("Everyone responsible is notified, in the newsroom and by email:")
    show_flag_notifications(journal, listening)


def story_is_corrected(journal: CasePlayer) -> None:
    """The sign-offs under the changed claim are void; it is reviewed again, and the story is corrected."""
    stage, editor, cora = journal.day.stage, journal.editor, journal.day.colleague("cora")
    stage.scene("08:40", "Corrected")
    stage.narrate("Stanley and Lena reviewed an open claim; now it is disputed, and their sign-offs are void.")
    stage.person_acts(journal.read("starlink"), "review it again.")
    journal.rewrite(loader.journal_day().corrected)
    stage.person_acts(journal.reporter.name, "adds the denial to the copy.")
    stage.person_acts(cora.name, f"confirms {journal.confirm_conditions(cora)} conditions on the new copy.")
    journal.run_action("correct", editor, text=loader.journal_day().update)
    stage.person_acts(
        editor.name, f"publishes the correction, with a line for readers: “{loader.journal_day().update}”"
    )
    expect_no_pending_remedy(journal)


def show_flag_notifications(case: CasePlayer, listening: list[ApiUser]) -> None:
    """Show that everyone responsible is notified of the remedy."""
    for colleague in listening:
        case.day.stage.person_acts(
            colleague.name, f"reads: “{case.wait_for_notification(colleague, case.ids['story'], 'story.flag')}”"
        )


def expect_no_pending_remedy(case: CasePlayer) -> None:
    """Check that the published story owes nothing any more."""
    story = case.day.newsroom.wait_until(
        case.story, lambda seen: seen["pending_remedy"] is None, "for the worker to clear the flag"
    )
    if (story["status"], story["remedy"]) != ("published", "none"):
        raise DemoFailed(f"The story should be published and owe nothing; it is {story['status']}, {story['remedy']}.")
    case.day.stage.show_result("Published, and nothing more is owed to readers.")
