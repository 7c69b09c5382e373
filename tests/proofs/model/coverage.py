"""The coverage of a run: steps taken, actions done and refused, states visited."""

from __future__ import annotations

from collections import Counter

from tests.proofs.model.driver import calls
from tests.proofs.model.spec.state import State

_NO_FACT = "It changes no fact, claim or story."
NOT_MODELLED = {
    "see": "It changes nothing. Who sees what is checked once all jobs are done.",
    **dict.fromkeys(
        ("claim.restrict", "claim.lift_restriction", "story.restrict", "story.lift_restriction"),
        "Restrictions forbid, whatever is found: the second implementation and tests/workflow/stories judge them.",
    ),
    **dict.fromkeys(
        ("review.assign", "review.snooze"),
        "They only change whom *take next* offers a task to: tests/workflow/review/test_task_flow.py races them.",
    ),
    **dict.fromkeys(
        ("story.merge", "story.unmerge"), "They assign, revise, restrict and spike by the actions that are modelled."
    ),
    **dict.fromkeys(
        (
            "import.start", "import.cancel", "scheduled_import.add", "scheduled_import.revise",
            "scheduled_import.pause", "scheduled_import.resume", "scheduled_import.run",
        ),
        "An import files by the actions that are modelled.",
    ),
    **dict.fromkeys(
        (
            "saved_search.save", "saved_search.revise", "saved_search.delete",
            "claim.mark_distinct", "claim.unmark_distinct",
            "chat_channel.add", "chat_channel.send_test", "chat_channel.remove",
            "source.request_unmask", "source.approve_unmask", "source.unmask", "subscription.follow",
            "subscription.unfollow", "duty_shift.assign", "duty_shift.cancel", "email_preference.set",
            "quiet_hours.set", "received_answer.dismiss",
            "emailed_comment.confirm", "emailed_comment.dismiss",
            "comment.add", "comment.edit", "comment.resolve", "comment.reopen",
            "webhook.add", "webhook.disable", "webhook.rotate",
            "webhook.revise", "webhook.ping", "webhook.resume", "webhook.resend", "notification.resend",
            "job.retry", "job.take",
            "job.assign", "job.dismiss", "matching.unlock", "token.issue", "token.revoke", "user.change_password",
            "second_factor.enroll", "second_factor.confirm", "second_factor.regenerate_codes", "second_factor.remove",
            "passkey.register", "passkey.rename", "passkey.remove", "session.end",
        ),
        _NO_FACT,
    ),
    **dict.fromkeys(
        (
            "desk.open", "user.create", "user.revise", "user.grant_role", "user.revoke_role", "user.deactivate",
            "user.reactivate", "account.request_change", "account.approve_change", "account.cancel_change",
            "account.break_glass",
        ),
        "Desks and people stay the same during a run.",
    ),
}  # fmt: skip
"""Actions of the product that the model leaves out, and why."""


class Coverage:
    """Counters of a run: steps, actions done and refused, states visited."""

    def __init__(self) -> None:
        self.steps, self.concurrent_steps, self.runs = 0, 0, 0
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.visited: Counter[str] = Counter()

    def visit(self, state: State) -> None:
        """Count the state of every object."""
        for table, column in (("story", "status"), ("story", "gate"), ("story", "remedy"), ("claim", "status"),
                              ("task", "state"), ("signoff", "state"), ("request", "outcome")):  # fmt: skip
            self.visited.update({f"{table}.{column} {row[column]}" for row in state[table].values()})

    def actions_not_done(self) -> list[str]:
        """Actions that were never done."""
        return [name for name in map(calls.label, calls.ACTIONS) if not self.done[name]]

    def states_not_visited(self) -> list[str]:
        """States that no object was ever in."""
        return [state for state in REACHABLE if not self.visited[state]]

    def report(self) -> str:
        """The coverage as a table."""
        actions = sorted(self.done | self.refused)
        lines = [
            f"{self.steps} steps in {self.runs} newsrooms, {self.concurrent_steps} of them bouts",
            "",
            "verb: done, refused",
        ]
        lines += [f"  {action}: {self.done[action]}, {self.refused[action]}" for action in actions]
        lines += ["", "refused, and why"] + [f"  {reason}: {n}" for reason, n in sorted(self.reasons.items())]
        lines += ["", "states visited, in so many steps"] + [
            f"  {state}: {n}" for state, n in sorted(self.visited.items())
        ]
        return "\n".join(lines)


REACHABLE = [
    *(f"story.status {one}" for one in (
        "pitched", "draft", "submitted", "cleared", "scheduled", "published", "withheld", "retracted", "spiked")),
    *(f"story.gate {one}" for one in ("pass", "conditional", "hold", "block")),
    *(f"story.remedy {one}" for one in ("none", "update", "editors_note", "correction", "retraction")),
    *(f"claim.status {one}" for one in (
        "unverified", "under_investigation", "unverifiable", "disputed", "withdrawn", "superseded", "verified",
        "refuted")),
    *(f"task.state {one}" for one in ("open", "taken", "found", "exhausted", "closed")),
    *(f"signoff.state {one}" for one in ("proposed", "approved", "rejected", "voided")),
    *(f"request.outcome {one}" for one in (
        "pending", "replied", "declined", "no_response", "unreachable", "waived")),
]  # fmt: skip
