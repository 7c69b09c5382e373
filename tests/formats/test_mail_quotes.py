"""What is new in an answer by email: quotations and signatures of many mail programs are cut, and nothing else."""

from __future__ import annotations

import time

import pytest

from editorial.formats.mail_quotes import REPLY_ABOVE, new_text

HEADERS = "From: Newsroom <news@paper.example>\nSent: Monday\nTo: Jo\nSubject: The gate\n\nIt changed.\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes, ask Lida.\n", "Yes, ask Lida."),
        ("Yes.\n\nOn Mon, 30 Nov 2031 at 18:43, News <n@x.example> wrote:\n> It changed\n>> Twice\n", "Yes."),
        ("Yes.\n\nOn Mon, 30 Nov 2031 at 18:43, A Newsroom With A Long Name\n<n@x.example> wrote:\n> It\n", "Yes."),
        ("Ja.\n\nAm 30.11.2031 um 18:43 schrieb Newsroom:\n> It changed\n", "Ja."),
        ("Oui.\n\nLe lun. 30 nov. 2031 à 18:43, News <n@x.example> a écrit :\n\n> It changed\n", "Oui."),
        ("No.\n\nSent from my iPhone\n\n> On 30 Nov 2031, at 18:43, News <n@x.example> wrote:\n> \n> It\n", "No."),
        (f"Fine.\n\n________________________________\n{HEADERS}", "Fine."),
        (f"Fine.\n\n-----Original Message-----\n{HEADERS}", "Fine."),
        (f"Gut.\n\n-----Ursprüngliche Nachricht-----\n{HEADERS.replace('From', 'Von')}", "Gut."),
        (f"Ask her.\n\nJo <jo@x.example> skrev den 30 nov. 2031 18:43:\n\n> {REPLY_ABOVE}\n> It\n", "Ask her."),
        (f"Ask her.\n\nSomething in no known language 2031:\n{REPLY_ABOVE}\nIt changed.\n", "Ask her."),
        ("On Mon, 30 Nov 2031 at 18:43, News <n@x.example> wrote:\n> It changed\n\nYes.\n-- \nJo\n", "Yes."),
        ("Yes.\n-- \nJo Doe\nReporter\n", "Yes."),
        ("Yes.\n-- \nJo\n\nOn 30 Nov 2031, News wrote:\n> It changed\n", "Yes."),
    ],
)
def test_quotations_and_signatures_are_cut(text: str, new: str) -> None:
    assert new_text(text) == new


@pytest.mark.parametrize(
    "text",
    [
        "> Was it open?\n\nYes.\n\n> And at nine?\n\nNo.",
        "Two points:\n- one\n- two",
        "I asked three people at 9:30:",
        "Best regards from Rome are quoted in line 4.\nThe rest is true.",
        "From: what I hear, it is true.\nSent: yes, by post.\nMore text.",
        "Sent from the ministry, the letter says no.",
        "--- Part one ---\nIt was shut.",
    ],
)
def test_what_cannot_be_told_apart_stays(text: str) -> None:
    assert new_text(text) == text


def test_a_text_of_which_nothing_is_new_stays_whole() -> None:
    assert new_text("> It changed\n") == "> It changed\n"
    assert new_text("") == ""


@pytest.mark.parametrize(
    "text",
    [
        *(character * 100_000 for character in ">-_* \n:"),
        *(
            piece * (100_000 // len(piece))
            for piece in ("> \n\n", "> \na\n", "--\n", "From: a\n", "On a\n", "----- \n")
        ),
        "On x, y " + "a " * 40_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_no_text_keeps_it_busy(text: str) -> None:
    began = time.process_time()
    new_text(text)
    assert time.process_time() - began < 2
