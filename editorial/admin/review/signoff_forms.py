"""Forms of the sign-off actions."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ReasonField


class SignoffForm(ActionForm):
    """A comment on the signature, where needed."""

    reason = ReasonField("Remark", required=False)


class SignoffRejectForm(ActionForm):
    """The work needed before it can be signed."""

    reason = ReasonField("Why not", help_text="Tell the fact-checker what to do.")
