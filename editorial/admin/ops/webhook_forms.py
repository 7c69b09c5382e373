"""What the verbs on webhooks ask for."""

from __future__ import annotations

from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Text
from editorial.policy.access import Verb


class Add(AtADesk):
    """Which desk's events, and where to tell them."""

    verb = Verb.WEBHOOK_ADD

    url = Text("Address", most=500, help_text="It begins with https:// and can be reached from everywhere.")
