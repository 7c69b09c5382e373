"""Strict YAML: plain values only, no duplicate keys, limited nesting and aliases."""

from pathlib import Path
from typing import Any

import yaml

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 24
MAX_VALUES = 2_000_000

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SCALARS = {
    f"tag:yaml.org,2002:{name}": getattr(yaml.constructor.SafeConstructor, f"construct_yaml_{name}")
    for name in ("null", "bool", "int", "float", "timestamp", "str")
}
CONSTRUCTOR = yaml.constructor.SafeConstructor()
RESOLVER = yaml.resolver.Resolver()
MAPPING, SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


class ScenarioError(Exception):
    """An invalid scenario file: the scenario and field, the problem, and the fix."""

    def __init__(self, message: str, *, scenario: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message, self.scenario, self.field = message, scenario, field

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.scenario, self.field))) + ": " * bool(self.scenario) + self.message


def read(path: Path) -> list[Any]:
    """The documents of a file as plain values. Raises ScenarioError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"The file cannot be read ({error.strerror or error}).") from None
    except ValueError:
        raise ScenarioError("This is not a file name.") from None
    if len(data) > MAX_FILE_BYTES:
        raise ScenarioError(f"The file is larger than {MAX_FILE_BYTES // 1024**2} MiB; split it.")
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ScenarioError("The file is not UTF-8 text; save it as UTF-8.") from None


def parse(text: str) -> list[Any]:
    """The documents of a text as plain values. Raises ScenarioError."""
    documents: list[Any] = []
    builder = Builder("document 1")
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                builder = Builder(f"document {len(documents) + 1}")
            elif isinstance(event, yaml.DocumentEndEvent):
                documents.append(builder.document)
            else:
                builder.handle_event(event)
    except yaml.YAMLError as error:
        message = " ".join(str(error).split())[:300]
        raise ScenarioError(f"This is not YAML: {message}.", scenario=f"document {len(documents) + 1}") from None
    if not documents:
        raise ScenarioError("The file contains no scenario.")
    return documents


class Builder:
    """Builds one document from parser events, without recursion, so that nesting cannot exhaust the stack."""

    def __init__(self, label: str) -> None:
        """`label` stands for the document's id, which is not known yet."""
        self.label = label
        self.document: Any = None
        self.open: list[Container] = []
        self.anchors: dict[str, tuple[Any, int, int]] = {}

    def handle_event(self, event: yaml.Event) -> None:
        """Process one event. Raises ScenarioError."""
        if isinstance(event, yaml.ScalarEvent):
            self.place(self.scalar(event), 1, 0, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self.place(*self.resolve_alias(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open_container(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self.open.pop()
            self.place(closed.value, closed.size, closed.height, closed.anchor)

    def open_container(self, event: yaml.CollectionStartEvent) -> None:
        """Open a list or a mapping."""
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!", MAPPING if mapping else SEQUENCE):
            raise self.error_at(event, f"The tag {event.tag} is not allowed in scenarios; remove it.")
        self.open.append(Container({} if mapping else [], event.anchor))
        if len(self.open) > MAX_DEPTH:
            raise self.error_at(event, f"Nested more than {MAX_DEPTH} deep; reduce the nesting.")

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        """The value of a scalar, as YAML resolves it."""
        tag = event.tag
        if tag in (None, "!"):
            implicit = event.implicit if tag is None else (False, True)
            tag = RESOLVER.resolve(yaml.ScalarNode, event.value, implicit)  # type: ignore[no-untyped-call]
        if tag not in SCALARS:
            raise self.error_at(
                event, f"{display_value(event.value)} ({tag}) is not allowed in scenarios; put it in quotes."
            )
        try:
            return SCALARS[tag](CONSTRUCTOR, yaml.ScalarNode(tag, event.value))
        except (ValueError, KeyError, OverflowError, AttributeError, yaml.YAMLError):
            raise self.error_at(event, f"{display_value(event.value)} cannot be read; put it in quotes.") from None

    def resolve_alias(self, event: yaml.AliasEvent) -> tuple[Any, int, int, None]:
        """The value of an alias, which must be complete, so that no value contains itself."""
        if event.anchor not in self.anchors:
            raise self.error_at(event, f"The alias *{event.anchor} refers to nothing complete before it.")
        return *self.anchors[event.anchor], None

    def place(self, value: Any, size: int, height: int, anchor: str | None) -> None:
        """Add a complete value to its container, counting aliased ones as if written out."""
        if anchor:
            self.anchors[anchor] = (value, size, height)
        if not self.open:
            self.document = value
            return
        parent = self.open[-1]
        parent.size += size
        parent.height = max(parent.height, height + 1)
        if parent.size > MAX_VALUES or len(self.open) + height > MAX_DEPTH:
            raise ScenarioError("The aliases expand to too many values; write fewer.", scenario=self.label)
        problem = parent.add(value)
        if problem:
            raise ScenarioError(problem, scenario=self.label)

    def error_at(self, event: yaml.Event, message: str) -> ScenarioError:
        """A ScenarioError with the line number."""
        line = f" (line {event.start_mark.line + 1})" if event.start_mark else ""
        return ScenarioError(message + line, scenario=self.label)


class Container:
    """A list or mapping under construction. `size` counts its values, `height` is its depth."""

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value, self.anchor = value, anchor
        self.size, self.height = 1, 0
        self.key: list[str] = []

    def add(self, value: Any) -> str:
        """Add a value, or take it as the next key; return the problem, if any."""
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key:
            self.value[self.key.pop()] = value
        elif not isinstance(value, str):
            return f"{display_value(value)} is not valid as a field name or id; put it in quotes."
        elif value in self.value:
            return f"{display_value(value)} is a duplicate key; keep one."
        else:
            self.key.append(value)
        return ""


def display_value(value: Any) -> str:
    """A value for a message, shortened and on one line."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(character if character.isprintable() else "?" for character in text)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"
