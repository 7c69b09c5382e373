"""Actions are alike: called by keyword, with actor and time, and named in the table of actions."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from editorial import tasks, workflow
from editorial.api.framework.endpoints import endpoint_of
from editorial.api.urls import RESOURCES
from editorial.models.base_fields import VersionedModel
from editorial.policy.actions import Action
from editorial.policy.events import NOTIFIED_EVENTS
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import actions

MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(workflow.__path__, "editorial.workflow.")
]


def action_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of workflow that runs as one action."""
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and is_action(function):
                yield f"{module.__name__.rsplit('.', 1)[-1]}.{name}", function


def is_action(function: Callable[..., Any]) -> bool:
    wrapped = getattr(function, "__wrapped__", None)
    return wrapped is not None and function.__code__ is actions.atomic_action(wrapped).__code__


ACTION_FUNCTIONS = dict(action_functions())


def test_actions_exist():
    assert len(ACTION_FUNCTIONS) > 60
    assert {"claims.merge", "stories.confirm_condition", "publication.publish", "unmasking.request_unmask"} <= set(
        ACTION_FUNCTIONS
    )


@pytest.mark.parametrize("name", ACTION_FUNCTIONS)
def test_an_action_is_called_by_keyword_with_actor_and_time(name):
    parameters = inspect.signature(ACTION_FUNCTIONS[name]).parameters.values()
    kinds = {parameter.kind for parameter in parameters}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    names = {parameter.name: parameter for parameter in parameters}
    assert names["now"].default is inspect.Parameter.empty
    assert str(names["now"].annotation) == "datetime"
    if "actor" in names:
        assert names["actor"].default is inspect.Parameter.empty
        assert str(names["actor"].annotation) in ("User", "User | None")
    else:
        # The system's own actions, called by the scheduler, the outbox and key rotation.
        assert name in {
            *("assessments.reassess", "assessments.reassess_all", "publication.reevaluate", "publication.publish_due"),
            *("scheduled_corrections.publish_due_correction", "saved_searches.evaluate"),
            *("publication.mark_correction_overdue", "replies.expire", "tasks.expire", "escalations.mark_overdue"),
            *("escalations.escalate", "escalations.remind_of_task", "escalations.remind_of_reply"),
            *("escalations.warn_of_schedule", "escalations.warn_of_scheduled_correction"),
            "escalations.remind_of_correction",
            *("statements.lift_embargo", "restrictions.expire", "encrypted_data.rotate", "matching.raise_alert"),
            *("account_changes.carry_out", "account_changes.expire"),
            *("scheduled_imports.enqueue", "scheduled_imports.record_success"),
            *("scheduled_imports.follow_feed_link", "scheduled_imports.record_failure"),
            *("mailboxes.enqueue", "mailboxes.record_success", "mailboxes.record_failure", "received_answers.receive"),
            *("webhooks.stop_failing", "webhooks.expire_former_secret"),
            "idempotency.delete_expired",
            *(
                "login_throttle.start_attempt",
                "login_throttle.finish_attempt",
                *("single_sign_on._record_start", "single_sign_on._consume", "provider_accounts.admit"),
            ),  # they find out who the actor is
            *("dead_letters.triage", "dead_letters.escalate", "tasks.cap_lease"),
            *("signer.record", "sender.mark_delivered"),
            *("imports.follow", "imports.receive", "imports.fail", "imports.file_next"),
            *(
                "integrity_findings.record",
                "integrity_findings.repair",
                "integrity_findings.alert",
                "integrity_findings.resolve",
            ),
        }


def actions_on_versioned_rows() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every action that an endpoint runs on a row with a version."""
    for name, viewset in RESOURCES.items():
        if issubclass(viewset.output_serializer.Meta.model, VersionedModel):
            endpoints = [route for route in viewset.get_extra_actions() if route.detail]
            for handler in (viewset.partial_update, *endpoints):
                if (action := endpoint_of(handler).workflow_action) is not None:
                    yield f"{name}.{handler.__name__}", action


def test_the_api_acts_on_versioned_rows():
    names = dict(actions_on_versioned_rows())
    assert len(names) > 25
    assert {"claims.partial_update", "claims.propose", "sources.unmask", "stories.publish"} <= set(names)


@pytest.mark.parametrize(("name", "action"), list(actions_on_versioned_rows()))
def test_an_action_on_a_versioned_row_takes_the_expected_version(name, action):
    parameter = inspect.signature(action).parameters["expected_version"]
    assert (parameter.default, str(parameter.annotation)) == (None, "ExpectedVersion")


def test_only_interfaces_read_the_clock():
    inner = [path for layer in ("policy", "models", "workflow") for path in (editorial() / layer).rglob("*.py")]
    for path in [*inner, editorial() / "outbox.py"]:
        called = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        clock_calls = {call for call in called if call.endswith((".now", ".utcnow", ".today", "time.time"))}
        assert clock_calls == set(), path


def test_every_event_is_an_action_or_a_system_event_of_the_table():
    known = {f"Action.{action.name}" for action in Action} | {f"SystemEvent.{event.name}" for event in SystemEvent}
    recorded = set()
    for path in (editorial() / "workflow").rglob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                *("audit.log", "log", "log_event", "signatures.log_event", "restrictions.log_event"),
                *("_log", "_log_and_reassess", "log_and_reevaluate"),
            ):
                recorded |= {ast.unparse(argument) for argument in node.args if "." in ast.unparse(argument)}
    named = {argument for argument in recorded if argument.startswith(("Action.", "SystemEvent."))}
    assert len(named) > 50
    assert named <= known
    literal = {
        argument.value
        for path in (editorial() / "workflow").rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.log", "log")
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }
    assert literal == set(), "an event is named by a member of the enum, not by a string"


def test_every_row_of_the_table_is_used_by_an_action():
    source = " ".join(path.read_text() for path in (editorial() / "workflow").rglob("*.py"))
    for action in Action:
        assert action is Action.SEE or f"Action.{action.name}" in source, f"nothing records {action}"
    for event in SystemEvent:
        assert f"SystemEvent.{event.name}" in source, f"{event} never happens"


def test_notifications_are_of_existing_events_only():
    assert {*Action, *SystemEvent} >= NOTIFIED_EVENTS


def test_a_task_takes_message_ids_only():
    names = {
        name: list(inspect.signature(task.run).parameters)
        for name, task in vars(tasks).items()
        if hasattr(task, "apply_async")
    }
    assert names.pop("run_due") == []
    assert names.pop("dispatch") == []
    assert names.pop("check_integrity") == []
    assert names.pop("sign_audit_head") == []
    assert names.pop("send_audit_heads") == []
    assert names.pop("assess_claims") == ["message_ids"]
    assert names
    assert all(parameters == ["message_id"] for parameters in names.values())


def editorial() -> Path:
    return Path(workflow.__file__).parents[1]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
