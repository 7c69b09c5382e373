"""Only `disclosure.py` of workflow reads a source's name: every interface asks it, and it asks who reads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INTERFACES = sorted(
    path
    for package in ("editorial/api", "editorial/admin", "editorial/notifications", "editorial/formats")
    for path in (ROOT / package).rglob("*.py")
)
TEMPLATES = sorted((ROOT / "editorial/templates").rglob("*.html")) + sorted(
    (ROOT / "editorial/templates").rglob("*.txt")
)

# Every relation to a source, and the usual names of a variable that holds one.
RELATIONS = {"source", "informant", "to", "org", "speaks_for", "parent", "author", "issuer", "merged_into", "outlet"}
VARIABLES = RELATIONS | {"into", "party", "respondent", "speaker", "tie", "witness", "origin_source"}
SECRET_FIELDS = {"name", "description", "key"}

_LOOKUP = re.compile(
    rf"(^|__)({'|'.join(sorted(RELATIONS | {'adverse_to', 'accused'}))})__({'|'.join(SECRET_FIELDS)})(__|$)"
)
_READERS = {"getattr", "attrgetter", "values", "values_list", "only", "order_by"}


def secret_reads(tree: ast.AST) -> list[str]:
    """The places that read a source's name, description or token, or look one up."""
    places = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=holder) | ast.Attribute(attr=holder), attr=attr):
                if attr in SECRET_FIELDS and holder in VARIABLES:
                    places.append(f"{node.lineno}: {ast.unparse(node)}")
            case ast.Constant(value=str(text)) if _LOOKUP.search(text.lstrip("-")):
                places.append(f"{node.lineno}: {text!r}")
            case ast.Call(func=ast.Name(id=reader) | ast.Attribute(attr=reader), args=args) if reader in _READERS:
                texts = {arg.value for arg in args if isinstance(arg, ast.Constant)}
                of_sources = reader == "getattr" or "ource" in ast.unparse(node.func)
                if of_sources and texts & SECRET_FIELDS:
                    places.append(f"{node.lineno}: {ast.unparse(node)}")
            case ast.FormattedValue(value=ast.Name(id=holder) | ast.Attribute(attr=holder)) if holder in RELATIONS - {
                "to"
            }:
                places.append(f"{node.lineno}: {{{ast.unparse(node.value)}}}")
            case ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=holder) | ast.Attribute(attr=holder)]):
                if holder in RELATIONS:
                    places.append(f"{node.lineno}: {ast.unparse(node)}")
    return places


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_interface_reads_the_name_of_a_source(path):
    assert secret_reads(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "text",
    [
        "statement.source.name", "source.description", "row.to.name", "f'{row.source}: {row}'",
        "str(statement.informant)",
        "getattr(row, 'name')", "Source.objects.values_list('pk', 'name')", "search_fields = ('to__name',)",
        "{'source__key__startswith': x}", "row.speaks_for.key",
    ],
)  # fmt: skip
def test_a_read_of_a_name_is_noticed(text):
    assert secret_reads(ast.parse(text))


_EXPRESSION = re.compile(r"{{\s*(.+?)\s*}}|{%\s*(?:with|firstof|cycle|if)\s+(.+?)\s*%}")
_PRINTED = re.compile(r"{{\s*(.+?)\s*}}")
_NAME_OF_SOURCE = re.compile(rf"\b({'|'.join(sorted(VARIABLES))})\.({'|'.join(SECRET_FIELDS)})\b")
_SOURCE_ITSELF = re.compile(rf"(^|\.)({'|'.join(sorted(VARIABLES - {'merged_into'}))})(\|(?!detail_url|user_name)|$)")


def printed_sources(path_name: str, text: str) -> list[str]:
    """The expressions of a template that print a source or its name, instead of `{% source … %}`."""
    reads = [first or second for first, second in _EXPRESSION.findall(text)]
    named = [expression for expression in reads if _NAME_OF_SOURCE.search(expression)]
    printed = [expression for expression in _PRINTED.findall(text) if _SOURCE_ITSELF.search(expression)]
    if path_name == "source.html":  # its row is a source
        printed += [expression for expression in reads if re.search(r"\brow(\.(name|description|key)\b|$)", expression)]
    return named + printed


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_prints_a_source_by_itself(path):
    assert printed_sources(path.name, path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ statement.source }}",
        "{{ row.to|truncatechars:9 }}",
        "{{ source.name }}",
        "{% with a=row.org.name %}",
        "{{ tie }}",
    ],
)
def test_a_printed_source_is_noticed(text):
    assert printed_sources("statement.html", text)
