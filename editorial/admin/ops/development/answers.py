"""Answers by email to the requests of a development newsroom: put into its maildir, as a mail server would."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings

from editorial.admin.framework import fields, labels
from editorial.models import ReplyAddress

_MAX_OFFERED = 50


class AnswerForm(forms.Form):
    """An email in answer to one of the newest requests for comment."""

    address = fields.ChoiceField("To", ())
    sender = fields.TextField("From", max_length=200, initial="Somebody <somebody@example.org>")
    text = fields.TextAreaField("Text", rows=6, help_text="Nobody verifies who writes.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        addresses = ReplyAddress.objects.select_related("request__to").order_by("-id")[:_MAX_OFFERED]
        choices = [(str(each), f"{labels.source_label(each.request.to)}: {each.request}") for each in addresses]
        self.fields["address"].choices = choices  # type: ignore[attr-defined]

    def deliver(self) -> None:
        """Put it into the maildir."""
        message = EmailMessage()
        message["From"], message["To"] = self.cleaned_data["sender"], self.cleaned_data["address"]
        message["Subject"], message["Date"] = "Re: your request for comment", formatdate()
        message["Message-ID"] = make_msgid(domain="example.org")
        message.set_content(self.cleaned_data["text"])
        Path(settings.INBOUND_MAILDIR).parent.mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(settings.INBOUND_MAILDIR).add(message)
