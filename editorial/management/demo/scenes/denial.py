"""The next morning: the facts change after publication, and everyone who relied on them is notified."""

from __future__ import annotations

from editorial.management.demo import loader
from editorial.management.demo.api_play import CasePlayer
from editorial.management.demo.client import ApiUser, DemoFailed
from editorial.management.demo.scenes.publication import answer


def denial_arrives(journal: CasePlayer) -> None:
    """The spokesman answers the open question, and the published story is no longer complete."""
    terminal, reporter = journal.day.terminal, journal.reporter
    recipients = [reporter, journal.editor, journal.day.colleague("stanley")]
    terminal.scene("08:15, next morning", "A denial arrives")
    terminal.narrate("The spokesman calls again: nobody asked for anything concerning Starlink, either.")
    journal.file(statements=[answer("starlink-answer", "starlink", "denies")])
    terminal.person_acts(reporter.name, "records the denial.")
    journal.show_finding(
        "Starlink", "starlink", lambda latest: latest["contested"], " It was published as open, without a denial."
    )
    terminal.show_result(f"The story owes its readers an update. {journal.wait_for_remedy('update')}")
    terminal.narrate("Everyone responsible is notified, in the newsroom and by email:")
    show_flag_notifications(journal, recipients)


def story_is_corrected(journal: CasePlayer) -> None:
    """The sign-offs under the changed claim are void; it is reviewed again, and the story is corrected."""
    terminal, editor, cora = journal.day.terminal, journal.editor, journal.day.colleague("cora")
    terminal.scene("08:40", "Corrected")
    terminal.narrate("Stanley and Lena reviewed an open claim; now it is disputed, and their sign-offs are void.")
    terminal.person_acts(journal.read("starlink"), "review it again.")
    journal.rewrite(loader.journal_day().corrected)
    terminal.person_acts(journal.reporter.name, "adds the denial to the copy.")
    terminal.person_acts(cora.name, f"confirms {journal.confirm_conditions(cora)} conditions on the new copy.")
    journal.run_action("correct", editor, text=loader.journal_day().update)
    terminal.person_acts(
        editor.name, f"publishes the correction, with a line for readers: “{loader.journal_day().update}”"
    )
    expect_no_pending_remedy(journal)


def show_flag_notifications(case: CasePlayer, recipients: list[ApiUser]) -> None:
    for colleague in recipients:
        case.day.terminal.person_acts(
            colleague.name, f"reads: “{case.wait_for_notification(colleague, case.ids['story'], 'story.flag')}”"
        )


def expect_no_pending_remedy(case: CasePlayer) -> None:
    """Check that the published story owes nothing any more."""
    story = case.day.newsroom.wait_until(
        case.story, lambda story: story["pending_remedy"] is None, "for the worker to clear the flag"
    )
    if (story["status"], story["remedy"]) != ("published", "none"):
        raise DemoFailed(f"The story should be published and owe nothing; it is {story['status']}, {story['remedy']}.")
    case.day.terminal.show_result("Published, and nothing more is owed to readers.")
