"""The catalogue of events in the docs is the tables of actions and system events.

`python -m tests.architecture.test_event_catalogue` writes it.
"""

from __future__ import annotations

from editorial.policy.actions import Action
from editorial.policy.events import CONFIDENTIAL_EVENTS, RULES, WEBHOOK_EVENTS
from editorial.policy.system_events import SYSTEM_EVENTS
from tests.support.servers import ROOT

_PAGE = ROOT / "docs" / "reference" / "events.md"
_HEAD = """# Events

Every type of event in the audit log (`GET /events?action=`). *Notifies* names the people who are notified
([notifications](notifications.md)); a webhook carries the types that are marked. Events marked *system* have no
actor. Events that reveal something of the vault reach custodians only.

This page is generated from the tables of actions and system events (`editorial/policy`).

| type | what happened | notifies | webhook |
|---|---|---|---|
"""


def catalogue() -> str:
    """The page."""
    rows = []
    for name, rule in sorted(RULES.items()):
        if name == Action.SEE:
            continue
        by = " (system)" if name in SYSTEM_EVENTS else ""
        whom = ", ".join(sorted(str(audience) for audience in rule.notify)) or "–"
        vault = " (vault)" if name in CONFIDENTIAL_EVENTS else ""
        rows.append(f"| `{name}` | {rule.sentence}{by}{vault} | {whom} | {'yes' if name in WEBHOOK_EVENTS else ''} |\n")
    return _HEAD + "".join(rows)


def test_the_catalogue_lists_every_event() -> None:
    assert _PAGE.read_text("utf-8") == catalogue(), __doc__


def test_webhooks_carry_nothing_private() -> None:
    private = ("source.", "token.", "passkey.", "user.", "account.", "matching.", "identity.", "webhook.", "job.")
    assert len(WEBHOOK_EVENTS) > 20
    assert not {name for name in WEBHOOK_EVENTS if name.startswith(private)}
    assert not WEBHOOK_EVENTS & CONFIDENTIAL_EVENTS


if __name__ == "__main__":
    _PAGE.write_text(catalogue(), "utf-8")
