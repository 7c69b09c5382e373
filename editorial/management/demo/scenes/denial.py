"""The next morning: facts change after the story ran, and everybody who relied on it is told."""

from __future__ import annotations

from editorial.management.demo import loader
from editorial.management.demo.api_play import Reporting, in_words
from editorial.management.demo.case_data import Statement
from editorial.management.demo.client import Colleague, NotAsTold


def a_denial_arrives(journal: Reporting) -> None:
    """The spokesman answers what he had left open, and what was printed is not the whole of it any more."""
    stage, reporter = journal.day.stage, journal.reporter
    listening = [reporter, journal.editor, journal.day.colleague("stanley")]
    stage.scene("08:15, next morning", "A denial arrives")
    stage.tell("The spokesman rings again: nobody asked for anything concerning Starlink, either.")
    journal.record(
        Statement(id="starlink-answer", source="peskov", claim="starlink", stance="denies", direct="first_hand"),
        reply_request=journal.ids["to the kremlin"],
    )
    stage.does(reporter.name, "records the denial.")
    found = journal.found("starlink", lambda seen: seen["contested"], "for the worker to assess the denial")
    stage.finds(f"Starlink: {in_words(found)}. It ran as open, and without a denial.")
    story = journal.day.newsroom.until(journal.story, lambda seen: seen["owes"], "for the worker to flag the story")
    if story["remedy"] != "update":
        raise NotAsTold(f"The story should owe an update, and owes: {story['remedy']}.")
    stage.finds(f"The story owes its readers an {story['remedy']}. {story['owes']['because']}")
    stage.tell("Everybody who has to know is told, in the newsroom and by mail:")
    tell_of_the_flag(journal, listening)


def the_story_is_mended(journal: Reporting) -> None:
    """The signatures under the changed claim are void; it is read again, and the copy printed anew."""
    stage, editor, cora = journal.day.stage, journal.editor, journal.day.colleague("cora")
    stage.scene("08:40", "Mended")
    stage.tell("What Stanley and Lena had read was an open claim; now it is a disputed one, and their names are void.")
    stage.does(journal.read("starlink"), "read it again.")
    journal.rewrite(loader.journal_day().corrected)
    stage.does(journal.reporter.name, "puts the denial beside the claim.")
    stage.does(cora.name, f"ticks off {journal.tick_all(cora)} conditions on the new copy.")
    journal.move("correct", editor, text=loader.journal_day().update)
    stage.does(editor.name, f"prints it anew, with a line for readers: “{loader.journal_day().update}”")
    nothing_is_owed(journal)


def tell_of_the_flag(case: Reporting, listening: list[Colleague]) -> None:
    """Everybody who has to know hears that the story owes something."""
    for colleague in listening:
        case.day.stage.does(colleague.name, f"reads: “{case.told(colleague, case.ids['story'], 'story.flag')}”")


def nothing_is_owed(case: Reporting) -> None:
    """The story stands as it is printed now, and the engine agrees."""
    story = case.day.newsroom.until(
        case.story, lambda seen: seen["owes"] is None, "for the worker to agree that nothing is owed any more"
    )
    if (story["status"], story["remedy"]) != ("published", "none"):
        raise NotAsTold(f"The story should be in print and owe nothing; it is {story['status']}, {story['remedy']}.")
    case.day.stage.finds("In print, and nothing is owed to its readers any more.")
