"""Template filters and tags of the admin pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.db.models import Model
from django.forms import Media
from django.forms.widgets import Script
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from editorial.admin.framework import labels, request_user
from editorial.models import Assessment, Source
from editorial.policy import access
from editorial.policy.actions import Action
from editorial.policy.vocabulary import LABELS
from editorial.workflow.evidence.confidentiality import disclosure

register = template.Library()

_SOON = timedelta(hours=2)

register.filter("time_left", labels.time_left)
register.filter("ago", labels.time_since)
register.filter("finding_label", labels.finding_label)
register.filter("basis_label", labels.basis_label)


@register.filter
def value_label(value: Any) -> str:
    text = str(value or "")
    return LABELS.get(text, text.replace("_", " ").capitalize())


@register.filter
def paragraphs(text: str) -> SafeString:
    """Text as paragraphs: a blank line starts a paragraph, single line breaks are ignored."""
    blocks = [" ".join(block.split()) for block in str(text).replace("\r\n", "\n").split("\n\n")]
    return format_html_join("", "<p>{}</p>", ((block,) for block in blocks if block))


@register.filter
def user_name(user: Any) -> str:
    """The name of a user, or of the newsroom itself."""
    return user.get_full_name() or user.get_username() if user else "The newsroom"


@register.filter
def if_visible(row: Any) -> Any:
    """The related row if the user may see it; None otherwise. It may belong to another desk than the page."""
    return row if row is not None and access.may(request_user.reader(), Action.SEE, row.access_facts()) else None


@register.filter
def detail_url(row: Any) -> str:
    """The URL of a row's page; empty if it has none."""
    if not isinstance(row, Model) or (isinstance(row, Source) and not disclosure.can_see(row, request_user.reader())):
        return ""
    try:
        return reverse(f"admin:editorial_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


@register.filter
def facts_fingerprint(assessment: Assessment) -> str:
    """A keyed hash of the facts behind an assessment."""
    return disclosure.facts_fingerprint(assessment)


@register.simple_tag(name="source")
def source_tag(row: Source | None, link: bool = False) -> SafeString | str:
    """A source as the user may see it; with `link=True` linked to its page, if there is one for them."""
    if row is None:
        return ""
    label = labels.source_label(row)
    if not link or not disclosure.can_see(row, request_user.reader()):
        return conditional_escape(label)
    return format_html('<a href="{}">{}</a>', detail_url(row), label)


@register.simple_tag
def source_description(row: Source) -> SafeString | str:
    """How a source knows, for those who may see it."""
    return conditional_escape(disclosure.description(row, request_user.reader()))


@register.filter
def row_label(value: Any) -> Any:
    """A row's own name; of a source what the user may see. Other values stay as they are."""
    return labels.row_label(value) if isinstance(value, Model) else value


@register.simple_tag(takes_context=True)
def media_scripts(context: dict[str, Any], media: Media | str) -> SafeString:
    """The scripts of a form or page, with the nonce that the Content-Security-Policy requires."""
    if not isinstance(media, Media):  # a page without forms
        return SafeString()
    nonce = str(context["request"].csp_nonce)
    paths: list[str] = media._js  # type: ignore[attr-defined]  # django-stubs leaves it out
    return format_html_join("\n", "{}", ((Script(path, nonce=nonce),) for path in paths))


@register.simple_tag(takes_context=True)
def context_panel(context: template.Context, panel: dict[str, Any]) -> SafeString:
    """The panel beside an action's form, with the names of its own context."""
    with context.push(**panel):
        rendered: SafeString = get_template(panel["template"]).template.render(context)  # type: ignore[attr-defined]
        return rendered


@register.simple_tag
def badge(value: Any, label: str = "") -> SafeString:
    """A value as a coloured badge."""
    text = str(value or "none")
    return format_html('<span class="nr-badge nr-is-{}">{}</span>', text.lower(), label or value_label(text))


@register.simple_tag
def due(moment: datetime, now: datetime, prefix: str = "") -> SafeString:
    """The time left until a deadline: amber in its last two hours, red when late."""
    urgency = "late" if moment <= now else "soon" if moment - now < _SOON else "calm"
    return format_html(
        '<span class="nr-due nr-due-{}" title="{}">{}{}</span>',
        urgency,
        labels.timestamp(moment),
        f"{prefix} " if prefix else "",
        labels.time_left(moment, now),
    )
