"""The one kind of page."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class StoryPage(Page):
    """A story with a copy."""

    body = models.TextField()

    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        app_label = "wagtail_site"
