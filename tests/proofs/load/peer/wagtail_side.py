"""Wagtail's side of the comparison. Runs in its own environment; `wagtail_side:application` is its WSGI application.

A page goes through a workflow of two approvals, of which the last publishes it, as a story is approved and published.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parent))
_database = urlsplit(os.environ["PEER_DATABASE_URL"])
settings.configure(
    SECRET_KEY="of a peer that nobody else reaches",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="peer_urls",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _database.path.lstrip("/"),
            "USER": _database.username,
            "PASSWORD": _database.password or "",
            "HOST": os.environ["PEER_DATABASE_HOST"],
            "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=[
        "peer_pages",
        *(f"wagtail.{app}" for app in ("users", "snippets", "documents", "images", "search", "admin")),
        "wagtail",
        "modelcluster",
        "taggit",
        *(f"django.contrib.{app}" for app in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")),
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    STATIC_URL="/static/",
    USE_TZ=True,
    WAGTAIL_SITE_NAME="peer",
    WAGTAILADMIN_BASE_URL="http://localhost",
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import Client  # noqa: E402
from peer_pages.models import Article  # noqa: E402
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask  # noqa: E402

QUEUE = "/admin/reports/workflow_tasks/"
application = get_wsgi_application()
_numbers = count()


class Side:
    """Pages in every state, and the operations on them."""

    def __init__(self, size: int) -> None:
        moderators = Group.objects.get(name="Moderators")
        self.editor, self.moderator = (User.objects.create_user(name, password="!") for name in ("eve", "mo"))
        self.editor.groups.add(Group.objects.get(name="Editors"))
        self.moderator.groups.add(moderators)
        self.workflow = Workflow.objects.create(name="Two approvals")
        for number in range(2):
            task = GroupApprovalTask.objects.create(name=f"Approval {number}")
            task.groups.add(moderators)
            WorkflowTask.objects.create(workflow=self.workflow, task=task, sort_order=number)
        root = Page.objects.get(depth=2)
        root.workflow = None  # type: ignore[attr-defined]
        self.pages = {
            "submit": [self._page(root) for _ in range(size)],
            "approve": [self._submitted(root) for _ in range(size)],
            "approve and publish": [self._approved(root) for _ in range(size)],
        }
        from wagtail.models import WorkflowPage

        WorkflowPage.objects.filter(page=root).delete()
        WorkflowPage.objects.create(page=root, workflow=self.workflow)
        self.browser = Client()
        self.browser.force_login(self.moderator)

    def operate(self, name: str) -> None:
        """Do it once, in process."""
        if name == "queue page":
            assert self.browser.get(QUEUE).status_code == 200
        elif name == "submit":
            self.workflow.start(self.pages[name].pop(), self.editor)
        else:
            self._approve(self.pages[name].pop())

    def request(self, name: str) -> dict[str, Any]:
        """The request that does it once."""
        if name == "queue page":
            return {"method": "GET", "path": QUEUE, "as": "moderator"}
        page = self.pages[name].pop()
        if name == "submit":
            data = {"title": page.title, "slug": page.slug, "body": page.body, "comments-TOTAL_FORMS": "0"}
            data |= {"comments-INITIAL_FORMS": "0", "action-submit": "1"}
            return {"method": "POST", "path": f"/admin/pages/{page.pk}/edit/", "as": "editor", "data": data}
        task = page.current_workflow_task_state.pk
        return {
            "method": "POST",
            "path": f"/admin/pages/workflow/action/{page.pk}/approve/{task}/",
            "as": "moderator",
            "data": {"comment": ""},
        }

    def headers(self) -> dict[str, dict[str, str]]:
        """The headers with which each person sends requests."""
        found = {}
        for name, user in {"editor": self.editor, "moderator": self.moderator}.items():
            browser = Client()
            browser.force_login(user)
            found[name] = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
        return found

    def _page(self, root: Page) -> Article:
        page = Article(title=f"The gate {next(_numbers)}", body="It stood open.", live=False, owner=self.editor)
        root.add_child(instance=page)
        page.save_revision(user=self.editor)
        return page

    def _submitted(self, root: Page) -> Article:
        page = self._page(root)
        self.workflow.start(page, self.editor)
        return page

    def _approved(self, root: Page) -> Article:
        page = self._submitted(root)
        self._approve(page)
        return Article.objects.get(pk=page.pk)

    def _approve(self, page: Article) -> None:
        page.current_workflow_task.on_action(page.current_workflow_task_state, self.moderator, "approve")
