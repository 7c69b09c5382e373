"""People, desks and roles: what administrators of the whole house look after."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import VerbButton, offers
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.people import user_forms as forms
from editorial.models import Desk, Membership, User
from editorial.policy.access import Decision, Role, SubjectFacts, Verb
from editorial.workflow.people import users


def _of_the_house(row: Any) -> SubjectFacts:
    return users.HOUSE


RELIEVE = VerbButton(
    verb=Verb.PERSON_RELIEVE,
    call=users.relieve,
    row_as="membership_id",
    label="Take the role away",
    icon="person_remove",
    tone="danger",
    done="Taken away. It stops with their next click.",
    subject=_of_the_house,
    lands=lambda row, person: person,
)


@admin.register(User)
class UserAdmin(Page):
    """Whoever has an account."""

    only_for = Role.ADMIN
    buttons = (
        VerbButton(
            verb=Verb.PERSON_APPOINT,
            call=users.appoint,
            row_as="user_id",
            form=forms.Appoint,
            label="Give a role",
            icon="badge",
            tone="primary",
            done="Appointed.",
            subject=_of_the_house,
        ),
        VerbButton(
            verb=Verb.PERSON_REVISE,
            call=users.revise,
            row_as="user_id",
            form=forms.Revise,
            label="Revise",
            icon="edit",
            done="Revised.",
            subject=_of_the_house,
        ),
        VerbButton(
            verb=Verb.PERSON_SUSPEND,
            call=users.suspend,
            row_as="user_id",
            label="Close the account",
            icon="person_off",
            tone="danger",
            done="Closed. What they did stays theirs.",
            subject=_of_the_house,
            stands=lambda row: Decision(row.is_active),
        ),
        VerbButton(
            verb=Verb.PERSON_READMIT,
            call=users.readmit,
            row_as="user_id",
            label="Open the account again",
            icon="person_check",
            done="Open again, with the roles it had.",
            subject=_of_the_house,
            stands=lambda row: Decision(not row.is_active),
        ),
    )
    list_buttons = (
        VerbButton(
            verb=Verb.PERSON_HIRE,
            call=users.hire,
            form=forms.Hire,
            label="Hire somebody",
            icon="person_add",
            tone="primary",
            done="Hired.",
            lands=lambda row, person: person,
        ),
    )
    list_display = ("username", "name", "roles", "is_active", columns.since("last_login", "Last here"))
    list_filter = ("is_active", "memberships__role", "memberships__desk")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    page_template = "editorial/people/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their roles."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("memberships__desk")

    @admin.display(description="Name")
    def name(self, row: User) -> str:
        """As colleagues know them."""
        return row.get_full_name()

    @admin.display(description="Roles")
    def roles(self, row: User) -> str:
        """What they may do, and where."""
        return ", ".join(f"{Role(link.role).label.lower()} ({link.desk or 'house'})" for link in row.memberships.all())

    def fill(self, request: HttpRequest, row: User) -> dict[str, Any]:
        """Who they are and what they may do."""
        actor = request_user.facts(request)
        links = row.memberships.select_related("desk").order_by("desk__name", "role")
        return {
            "roles": [(link, offers([RELIEVE], link, actor, query={"next": request.path})) for link in links],
            "events": history.of(row),
        }


@admin.register(Membership)
class MembershipAdmin(Page):
    """Roles, wherever somebody holds one."""

    only_for = Role.ADMIN
    buttons = (RELIEVE,)
    list_display = (columns.person("user", "Who"), columns.word("role", "Role"), "where")
    list_filter = ("role", "desk")
    list_select_related = ("user", "desk")
    search_fields = ("user__username", "user__last_name")
    ordering = ("user__username",)
    shown = ("user", "role", "where")

    @admin.display(description="At", ordering="desk")
    def where(self, row: Membership) -> str:
        """The desk, or the whole house."""
        return str(row.desk or "the whole house")


@admin.register(Desk)
class DeskAdmin(Page):
    """Desks."""

    only_for = Role.ADMIN
    list_buttons = (
        VerbButton(
            verb=Verb.DESK_OPEN,
            call=users.open_desk,
            form=forms.OpenDesk,
            label="Open a desk",
            icon="add_home_work",
            tone="primary",
            done="Opened.",
            lands=lambda row, desk: desk,
        ),
    )
    list_display = ("name", "slug")
    search_fields = ("name",)
    shown = ("name", "slug")
