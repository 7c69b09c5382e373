"""How the newsroom's pages say things: template filters and tags."""

from django import template

register = template.Library()
