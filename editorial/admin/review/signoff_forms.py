"""What the verbs of signing ask for."""

from __future__ import annotations

from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Reason


class Sign(VerbForm):
    """A word beside the signature, if one is needed."""

    reason = Reason("Remark", required=False)


class Reject(VerbForm):
    """What has to be done before it can be signed."""

    reason = Reason("Why not", help_text="The fact-checker must know what to do.")
