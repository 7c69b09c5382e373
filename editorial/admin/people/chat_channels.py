"""Where the user, or a desk's room, gets messages by chat or phone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns, fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import ChatChannel
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import NotificationKind
from editorial.workflow.people import chat_channels

_MAX_DELIVERIES = 20


class ChatChannelForm(ActionForm):
    """A channel of the user's own."""

    url = fields.SecretField(
        "URL",
        max_length=500,
        help_text="The address of one room, person or number, as Apprise writes it (appriseit.com/services), such as "
        "tgram://bot-token/chat-id. It contains a password: it is stored encrypted and never shown again.",
    )
    kinds = fields.MultipleChoiceField(
        "Notifications", choices=NotificationKind.choices(), required=False, help_text="None chosen: all kinds."
    )


class DeskChatChannelForm(ChatChannelForm, DeskActionForm):
    """A channel of a desk."""

    action = Action.CHAT_CHANNEL_ADD

    field_order = ("desk_id", "url", "kinds")


def _add_button(**options: Any) -> ActionButton:
    return ActionButton(
        action=Action.CHAT_CHANNEL_ADD,
        handler=chat_channels.add,
        success_message="Added. Send a test message to see whether it works.",
        redirect_to=lambda row, channel: channel,
        **options,
    )


@admin.register(ChatChannel)
class ChatChannelAdmin(ReadOnlyAdmin):
    """Yours get the subjects of your email. A desk's get what its editors are notified of, without content."""

    detail_template = "editorial/people/chat_channel.html"
    list_buttons = (
        _add_button(
            form=ChatChannelForm,
            label="Add your channel",
            icon="add_alert",
            tone="primary",
            allowed_without_row=lambda actor: Decision(actor.sees_anything()),
        ),
        _add_button(form=DeskChatChannelForm, variant="desk", label="Add a desk's room", icon="groups"),
    )
    buttons = (
        ActionButton(
            action=Action.CHAT_CHANNEL_SEND_TEST,
            handler=chat_channels.send_test,
            pk_kwarg="channel_id",
            label="Send a test message",
            icon="send",
            tone="primary",
            one_click=True,
            success_message="Sent. Its result is under Recent messages within seconds.",
        ),
        ActionButton(
            action=Action.CHAT_CHANNEL_REMOVE,
            handler=chat_channels.remove,
            pk_kwarg="channel_id",
            label="Remove",
            icon="delete",
            tone="danger",
            success_message="Removed. Its URL is erased.",
            redirect_to=lambda row, result: None,
        ),
    )
    list_display = (
        "service",
        "owner",
        "carries",
        columns.user_name("added_by", "Added by"),
        columns.time_since("added_at", "Added"),
    )
    select_related = ("desk", "added_by")
    detail_fields = ("service", "owner", "carries", "added_by", "added_at")

    @admin.display(description="For")
    def owner(self, row: ChatChannel) -> str:
        """Whose messages it carries."""
        return f"The {row.desk} desk" if row.desk else "You"

    @admin.display(description="Notifications")
    def carries(self, row: ChatChannel) -> str:
        return "; ".join(NotificationKind(kind).label for kind in row.kinds) or "All kinds"

    def get_page_context(self, request: HttpRequest, row: ChatChannel) -> dict[str, Any]:
        deliveries = row.deliveries.order_by("-id")[:_MAX_DELIVERIES]
        return super().get_page_context(request, row) | {"deliveries": deliveries}
