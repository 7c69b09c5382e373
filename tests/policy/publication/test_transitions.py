"""States of a story: every one has a way out, and a way back, or a reason to be final."""

from __future__ import annotations

from pathlib import Path

import pytest

from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import FINAL_STATES, STORY_TRANSITIONS, StoryStatus

# What `architecture.md` draws: state → states that an action leads to.
LEADS_TO = {
    "pitched": {"draft", "submitted", "spiked"},
    "draft": {"submitted", "spiked"},
    "submitted": {"draft", "cleared", "spiked"},
    "cleared": {"draft", "submitted", "scheduled", "published", "spiked"},
    "scheduled": {"submitted", "cleared", "published", "spiked"},
    "published": {"withheld", "retracted"},
    "withheld": {"published", "retracted"},
    "retracted": set(),
    "spiked": {"draft"},
}


def successors(status: StoryStatus) -> dict[Action, StoryStatus]:
    """The actions possible in this state, and where each leads."""
    return {
        action: transitions.next_status(action, status)
        for action in STORY_TRANSITIONS
        if transitions.may_transition(action, status)
    }


def reachable(start: StoryStatus) -> set[StoryStatus]:
    found, waiting = {start}, [start]
    while waiting:
        new = set(successors(waiting.pop()).values()) - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("status", StoryStatus)
def test_each_action_leads_where_the_diagram_says(status):
    assert {state.value for state in successors(status).values()} - {status.value} == LEADS_TO[status]


@pytest.mark.parametrize("status", StoryStatus)
def test_every_state_has_an_exit_except_final_ones_which_say_why(status):
    exits = set(successors(status).values()) - {status}
    assert bool(exits) == (status not in FINAL_STATES)
    if status in FINAL_STATES:
        assert transitions.may_transition(Action.STORY_REVISE, status).reasons == (FINAL_STATES[status],)
        assert FINAL_STATES[status].endswith(".")


@pytest.mark.parametrize("status", [status for status in StoryStatus if status not in FINAL_STATES])
def test_every_state_before_print_leads_back_to_a_draft_and_every_other_back_to_readers(status):
    home = StoryStatus.PUBLISHED if status in transitions.READ else StoryStatus.DRAFT
    for state in set(successors(status).values()) - set(FINAL_STATES):
        back = StoryStatus.PUBLISHED if state in transitions.READ else home
        assert back in reachable(state), f"{status} → {state} has no way back"


@pytest.mark.parametrize("status", StoryStatus)
def test_authors_and_desk_are_corrected_in_every_state(status):
    assert {Action.STORY_ASSIGN, Action.STORY_MOVE} <= set(successors(status))


def test_the_architecture_page_draws_exactly_these_ways():
    page = Path(__file__).parents[3] / "docs" / "explanation" / "architecture.md"
    diagram = page.read_text().split("## States of a story")[1].split("```")[1]
    drawn = {(before, after) for line in diagram.splitlines() if "-->" in line
             for before, after in [line.split(":")[0].replace("-->", " ").split()]
             if "[*]" not in (before, after) and before != after}  # fmt: skip
    assert drawn == {(before, after) for before, states in LEADS_TO.items() for after in states}
    assert {line.split()[0] for line in diagram.splitlines() if "--> [*]" in line} == set(FINAL_STATES)
