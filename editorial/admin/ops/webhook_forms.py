"""Forms of the actions on webhooks."""

from __future__ import annotations

from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import TextField
from editorial.policy.actions import Action


class WebhookCreateForm(DeskActionForm):
    """The desk whose events are sent, and the URL."""

    action = Action.WEBHOOK_ADD

    url = TextField("URL", max_length=500, help_text="Must begin with https:// and be publicly reachable.")
