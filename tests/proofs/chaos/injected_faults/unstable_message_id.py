"""Every attempt at a letter goes out under a Message-ID of its own, so that nobody can tell a repeat."""

from import_patch import patch_on_import


def _change(mail):
    from uuid import uuid4

    build = mail._build_email
    mail._build_email = lambda notice, *, message_id: build(notice, message_id=str(uuid4()))


patch_on_import("editorial.notifications.mail", _change)
