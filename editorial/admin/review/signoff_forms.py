"""What the verbs of signing ask for."""

from __future__ import annotations

from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import ReasonField


class SignoffForm(ActionForm):
    """A word beside the signature, if one is needed."""

    reason = ReasonField("Remark", required=False)


class SignoffRejectForm(ActionForm):
    """What has to be done before it can be signed."""

    reason = ReasonField("Why not", help_text="The fact-checker must know what to do.")
