"""What the verbs on webhooks ask for."""

from __future__ import annotations

from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import TextField
from editorial.policy.actions import Action


class WebhookCreateForm(DeskActionForm):
    """Which desk's events, and where to tell them."""

    action = Action.WEBHOOK_ADD

    url = TextField("Address", max_length=500, help_text="It begins with https:// and can be reached from everywhere.")
