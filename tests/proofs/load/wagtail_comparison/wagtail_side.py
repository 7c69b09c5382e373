"""Wagtail: a page is submitted to its workflow; the approval of the last task publishes it.

Runs in Wagtail's own environment: reads one line of JSON for each measurement, and writes one.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client as SignedIn  # noqa: E402
from django.urls import reverse  # noqa: E402
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowTask  # noqa: E402

from tests.proofs.load.wagtail_comparison.side import (  # noqa: E402
    APPROVE,
    PUBLISH,
    QUEUE,
    SUBMIT,
    Client,
    Request,
    Side,
    measure,
)
from tests.proofs.load.wagtail_comparison.wagtail_site.models import StoryPage  # noqa: E402

_CSRF = "c" * 32


class FormParser(HTMLParser):
    """The fields of the page editor's form with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        name, kind = of.get("name"), of.get("type")
        if tag == "textarea":
            self._textarea = name or ""
        elif tag == "input" and name and kind not in ("submit", "button", "checkbox", "radio", "file"):
            self.fields[name] = of.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] = data.lstrip("\n")


class WagtailSide(Side):
    """Pages for `APPROVE` lie below a section whose workflow has two tasks, the others below one with a single task."""

    def __init__(self, port: int, drafts: int) -> None:
        self.port = port
        self._writer, self._moderator = (self._create_user(group) for group in ("Editors", "Moderators"))
        self._drafts = deque(self._write_drafts(drafts))
        self._submitted: dict[str, deque[int]] = {APPROVE: deque(), PUBLISH: deque()}

    def call(self, operation: str) -> Callable[[], object]:
        if operation == SUBMIT:
            key = self._submit_next()
            return lambda: _start_workflow(key, self._writer)
        state = _task_of(self._submitted[operation].popleft())
        return lambda: TaskState.objects.get(pk=state).specific.approve(user=self._moderator)

    def requests(self, operation: str) -> list[Request]:
        if operation == QUEUE:
            path = reverse("wagtailadmin_reports:workflow_tasks")
            return [Request("GET", path, self._headers(self._moderator))]
        if operation == SUBMIT:
            return [self._submission(self._submit_next())]
        key = self._submitted[operation].popleft()
        path = reverse("wagtailadmin_pages:workflow_action", args=(key, "approve", _task_of(key)))
        return [Request("POST", path, self._headers(self._moderator), {"csrfmiddlewaretoken": _CSRF, "comment": ""})]

    def _submission(self, key: int) -> Request:
        """The page editor's form, opened and sent by its button for submitting."""
        path, headers = reverse("wagtailadmin_pages:edit", args=(key,)), self._headers(self._writer)
        parser = FormParser()
        parser.feed(Client(self.port).send(Request("GET", path, headers)))
        fields = {**parser.fields, "csrfmiddlewaretoken": _CSRF, "action-submit": "1"}
        return Request("POST", path, headers, fields)

    def _submit_next(self) -> int:
        kind, key = self._drafts.popleft()
        self._submitted[kind].append(key)
        return key

    def _create_user(self, group: str) -> Any:
        user = User.objects.create_user(group.lower(), f"{group}@newsroom.example")
        user.groups.add(Group.objects.get(name=group))
        return user

    def _headers(self, user: Any) -> dict[str, str]:
        if not hasattr(user, "cookie"):
            browser = SignedIn()
            browser.force_login(user)
            user.cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        return {"Cookie": f"sessionid={user.cookie}; csrftoken={_CSRF}"}

    def _write_drafts(self, count: int) -> list[tuple[str, int]]:
        root = Page.objects.get(depth=1)
        sections = {kind: root.add_child(instance=Page(title=kind)) for kind in (APPROVE, PUBLISH)}
        task = Task.objects.get()  # the one that Wagtail is installed with
        second = type(task.specific).objects.create(name="A second approval")
        second.groups.set(task.specific.groups.all())
        for kind, tasks in ((APPROVE, (task, second)), (PUBLISH, (task,))):
            workflow = Workflow.objects.create(name=kind)
            for order, each in enumerate(tasks):
                WorkflowTask.objects.create(workflow=workflow, task=each, sort_order=order)
            workflow.workflow_pages.create(page=sections[kind])
        drafts = []
        for number in range(count):
            kind = (APPROVE, PUBLISH)[number % 2]
            page = StoryPage(title="The gate", slug=f"gate-{number}", body="It stood wide open.", live=False)
            sections[kind].add_child(instance=page)
            page.save_revision(user=self._writer)
            drafts.append((kind, page.pk))
        return drafts


def _start_workflow(key: int, user: Any) -> None:
    page = StoryPage.objects.get(pk=key)
    page.get_workflow().start(page, user)


def _task_of(key: int) -> int:
    return int(StoryPage.objects.get(pk=key).current_workflow_task_state.pk)


def main() -> None:
    """Fill the database, then answer until the input ends."""
    call_command("migrate", verbosity=0)
    side = WagtailSide(int(os.environ["PORT"]), int(os.environ["DRAFTS"]))
    answer(0.0)
    for line in sys.stdin:
        operation, clients, count = json.loads(line)
        answer(measure(side, operation, clients, count))


def answer(value: float) -> None:
    """Write one measurement."""
    print(json.dumps(value), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
