"""Users, desks and roles, for administrators of all desks."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import columns, fields, history, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons, create_button
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.people.account_changes import success_message
from editorial.models import AccountChange, Desk, Membership, User
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.people import protected_accounts, users

_ALL_DESKS = "All desks"
_SECOND_ADMINISTRATOR = "The second administrator decides on it. Say how you verified the requester's identity."
_TEMPORARY = "The user must change it at the first sign-in, within three days unless your server sets another time."


class DeskCreateForm(ActionForm):
    name = fields.TextField("Name", max_length=80)


class _UserFields(ActionForm):
    """The fields shared by new and existing users."""

    first_name = fields.TextField("First name", max_length=150, required=False)
    last_name = fields.TextField("Last name", max_length=150, required=False)
    email = fields.EmailAddressField("Email", help_text="Notifications are sent to this address.")
    time_zone = fields.TimeZoneField(initial="UTC", help_text="Times are shown in this time zone.")

    zones = property(lambda self: fields.time_zone_names())


class UserCreateForm(_UserFields):
    """A new account and its first role."""

    username = fields.TextField("Username", max_length=150)
    password = fields.PasswordField("First password", help_text=f"At least twelve characters. {_TEMPORARY}")
    role = fields.ChoiceField(
        "Role",
        Role,
        help_text="All but reporter, fact-checker and copy editor need a second administrator's approval.",
    )
    desk = fields.ModelSelectField("Desk", required=False, empty_label=_ALL_DESKS)

    field_order = ("username", "first_name", "last_name", "email", "password", "role", "desk")

    def prepare(self) -> None:
        self.set_choices("desk", Desk.objects.all())

    def action_kwargs(self) -> dict[str, Any]:
        kwargs = super().action_kwargs()
        kwargs["memberships"] = [(kwargs.pop("role"), kwargs.pop("desk"))]
        return kwargs


class UserUpdateForm(_UserFields):
    password = fields.PasswordField(
        "New password", required=False, help_text=f"Leave empty to keep the current one. {_TEMPORARY}"
    )
    reason = fields.ReasonField("Reason", required=False)

    def prepare(self) -> None:
        """Ask for a reason if a second administrator must approve the change."""
        if protected_accounts.is_protected(self.row, timezone.now()):
            self.fields["reason"].help_text = f"Required for a new password or email address. {_SECOND_ADMINISTRATOR}"
        else:
            del self.fields["reason"]

    @classmethod
    def initial_for_row(cls, row: User) -> dict[str, Any]:
        return model_to_dict(row, _UserFields.base_fields)


class RoleGrantForm(ActionForm):
    role = fields.ChoiceField("Role", Role)
    desk_id = fields.ModelSelectField("Desk", required=False, empty_label=_ALL_DESKS)
    reason = fields.ReasonField(
        "Reason",
        required=False,
        help_text="Required if the role, or one that the person has, is protected. " + _SECOND_ADMINISTRATOR,
    )

    def prepare(self) -> None:
        self.set_choices("desk_id", Desk.objects.all())


class UserReactivateForm(ActionForm):
    reason = fields.ReasonField("Reason", required=False, help_text=_SECOND_ADMINISTRATOR)

    def prepare(self) -> None:
        """Ask for a reason if a second administrator must approve the change."""
        if not protected_accounts.is_protected(self.row, timezone.now()):
            del self.fields["reason"]


def _user_added_message(user: User) -> str:
    is_pending = user.account_changes.open().exists()
    return "User added. A second administrator must approve the role." if is_pending else "User added."


def _changed_row(row: User, result: User | AccountChange) -> Model:
    return result


_admin_action = partial(ActionButton, subject=lambda row: users.ORGANISATION)
REVOKE_ROLE = _admin_action(
    action=Action.USER_REVOKE_ROLE,
    handler=users.revoke_role,
    pk_kwarg="membership_id",
    label="Revoke role",
    icon="person_remove",
    help_text="It ends immediately; the user’s past work stays as it is.",
    tone="danger",
    success_message="Role revoked. It takes effect immediately.",
    redirect_to=lambda row, person: person,
)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    required_role = Role.ADMIN
    buttons = (
        _admin_action(
            action=Action.USER_GRANT_ROLE,
            handler=users.grant_role,
            pk_kwarg="user_id",
            form=RoleGrantForm,
            label="Grant role",
            icon="badge",
            tone="primary",
            success_message=success_message("Role granted."),
            redirect_to=_changed_row,
        ),
        _admin_action(
            action=Action.USER_REVISE,
            handler=users.revise,
            pk_kwarg="user_id",
            form=UserUpdateForm,
            label="Revise",
            icon="edit",
            success_message=success_message("Updated."),
            redirect_to=_changed_row,
        ),
        _admin_action(
            action=Action.USER_DEACTIVATE,
            handler=users.deactivate,
            pk_kwarg="user_id",
            label="Deactivate",
            icon="person_off",
            tone="danger",
            success_message="Deactivated. Past actions stay attributed to this user.",
            available=lambda row: Decision(row.is_active),
        ),
        _admin_action(
            action=Action.USER_REACTIVATE,
            handler=users.reactivate,
            pk_kwarg="user_id",
            form=UserReactivateForm,
            label="Reactivate",
            icon="person_check",
            success_message=success_message("Reactivated with the previous roles."),
            redirect_to=_changed_row,
            available=lambda row: Decision(not row.is_active),
        ),
    )
    list_buttons = (
        create_button(
            action=Action.USER_CREATE,
            handler=users.create,
            form=UserCreateForm,
            label="Add user",
            icon="person_add",
            help_text="Each role is at one desk or for the whole organisation.",
            success_message=_user_added_message,
        ),
    )
    list_display = ("username", "name", "roles", "is_active", columns.time_since("last_login", "Last sign-in"))
    list_filter = ("is_active", "memberships__role", "memberships__desk")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    detail_template = "editorial/people/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("memberships__desk")

    @admin.display(description="Name")
    def name(self, row: User) -> str:
        return row.get_full_name()

    @admin.display(description="Roles")
    def roles(self, row: User) -> str:
        return ", ".join(
            f"{Role(membership.role).label.lower()} ({membership.desk or 'all desks'})"
            for membership in row.memberships.all()
        )

    def get_page_context(self, request: HttpRequest, row: User) -> dict[str, Any]:
        actor = request_user.actor_facts(request)
        memberships = row.memberships.select_related("desk").order_by("desk__name", "role")
        return {
            "roles": [
                (membership, bind_buttons([REVOKE_ROLE], membership, actor, query={"next": request.path}))
                for membership in memberships
            ],
            "is_protected": protected_accounts.is_protected(row, timezone.now()),
            "open_changes": row.account_changes.open().select_related("user", "desk"),
            "events": history.entries_for(row, actor, also=row.account_changes.all()),
        }


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    required_role = Role.ADMIN
    buttons = (REVOKE_ROLE,)
    list_display = (columns.user_name("user", "User"), columns.choice("role", "Role"), "scope")
    list_filter = ("role", "desk")
    select_related = ("user", "desk")
    search_fields = ("user__username", "user__last_name")
    ordering = ("user__username",)
    detail_fields = ("user", "role", "scope")

    @admin.display(description="Desk", ordering="desk")
    def scope(self, row: Membership) -> str:
        """The desk, or all desks."""
        return str(row.desk or "all desks")


@admin.register(Desk)
class DeskAdmin(ReadOnlyAdmin):
    required_role = Role.ADMIN
    list_buttons = (
        create_button(
            action=Action.DESK_OPEN,
            handler=users.open_desk,
            form=DeskCreateForm,
            label="Add desk",
            icon="add_home_work",
            help_text="A desk has its own members, stories, claims and sources.",
            success_message="Desk added.",
        ),
    )
    ordering = ("name",)
    list_display = ("name", "slug")
    search_fields = ("name",)
    detail_fields = ("name", "slug")
