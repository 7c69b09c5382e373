"""Every attempt to send an email uses a new Message-ID, so that a repeat cannot be recognised."""

from import_patch import patch_on_import


def _change(mail):
    from uuid import uuid4

    build = mail._build_email
    mail._build_email = lambda notice, *, message_id: build(notice, message_id=str(uuid4()))


patch_on_import("editorial.notifications.mail", _change)
