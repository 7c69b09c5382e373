"""Users, desks and roles, for administrators of all desks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.people import user_forms as forms
from editorial.models import Desk, Membership, User
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.people import users


def _all_desks_facts(row: Any) -> SubjectFacts:
    return users.ORGANISATION


REVOKE_ROLE = ActionButton(
    action=Action.USER_REVOKE_ROLE,
    handler=users.revoke_role,
    pk_kwarg="membership_id",
    label="Revoke role",
    icon="person_remove",
    tone="danger",
    success_message="Role revoked. Takes effect immediately.",
    subject=_all_desks_facts,
    redirect_to=lambda row, person: person,
)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """All accounts."""

    required_role = Role.ADMIN
    buttons = (
        ActionButton(
            action=Action.USER_GRANT_ROLE,
            handler=users.grant_role,
            pk_kwarg="user_id",
            form=forms.RoleGrantForm,
            label="Grant role",
            icon="badge",
            tone="primary",
            success_message="Appointed.",
            subject=_all_desks_facts,
        ),
        ActionButton(
            action=Action.USER_REVISE,
            handler=users.revise,
            pk_kwarg="user_id",
            form=forms.UserUpdateForm,
            label="Revise",
            icon="edit",
            success_message="Revised.",
            subject=_all_desks_facts,
        ),
        ActionButton(
            action=Action.USER_DEACTIVATE,
            handler=users.deactivate,
            pk_kwarg="user_id",
            label="Deactivate",
            icon="person_off",
            tone="danger",
            success_message="Deactivated. Past actions stay attributed to this user.",
            subject=_all_desks_facts,
            available=lambda row: Decision(row.is_active),
        ),
        ActionButton(
            action=Action.USER_REACTIVATE,
            handler=users.reactivate,
            pk_kwarg="user_id",
            label="Reactivate",
            icon="person_check",
            success_message="Reactivated with the previous roles.",
            subject=_all_desks_facts,
            available=lambda row: Decision(not row.is_active),
        ),
    )
    list_buttons = (
        ActionButton(
            action=Action.USER_CREATE,
            handler=users.create,
            form=forms.UserCreateForm,
            label="Add user",
            icon="person_add",
            tone="primary",
            success_message="Hired.",
            redirect_to=lambda row, person: person,
        ),
    )
    list_display = ("username", "name", "roles", "is_active", columns.time_since("last_login", "Last sign-in"))
    list_filter = ("is_active", "memberships__role", "memberships__desk")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    detail_template = "editorial/people/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their roles."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("memberships__desk")

    @admin.display(description="Name")
    def name(self, row: User) -> str:
        """The full name."""
        return row.get_full_name()

    @admin.display(description="Roles")
    def roles(self, row: User) -> str:
        """Roles and desks."""
        return ", ".join(
            f"{Role(link.role).label.lower()} ({link.desk or 'all desks'})" for link in row.memberships.all()
        )

    def get_page_context(self, request: HttpRequest, row: User) -> dict[str, Any]:
        """The user and their roles."""
        actor = request_user.actor_facts(request)
        links = row.memberships.select_related("desk").order_by("desk__name", "role")
        return {
            "roles": [(link, bind_buttons([REVOKE_ROLE], link, actor, query={"next": request.path})) for link in links],
            "events": history.entries_for(row),
        }


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Role memberships."""

    required_role = Role.ADMIN
    buttons = (REVOKE_ROLE,)
    list_display = (columns.user_name("user", "Who"), columns.choice("role", "Role"), "where")
    list_filter = ("role", "desk")
    list_select_related = ("user", "desk")
    search_fields = ("user__username", "user__last_name")
    ordering = ("user__username",)
    detail_fields = ("user", "role", "where")

    @admin.display(description="At", ordering="desk")
    def where(self, row: Membership) -> str:
        """The desk, or all desks."""
        return str(row.desk or "all desks")


@admin.register(Desk)
class DeskAdmin(ReadOnlyAdmin):
    """Desks."""

    required_role = Role.ADMIN
    list_buttons = (
        ActionButton(
            action=Action.DESK_OPEN,
            handler=users.open_desk,
            form=forms.DeskCreateForm,
            label="Add desk",
            icon="add_home_work",
            tone="primary",
            success_message="Opened.",
            redirect_to=lambda row, desk: desk,
        ),
    )
    list_display = ("name", "slug")
    search_fields = ("name",)
    detail_fields = ("name", "slug")
