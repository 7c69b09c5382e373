"""One type of page, as in Wagtail's tutorial."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class Article(Page):
    """A headline (the title) and a body."""

    body = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
