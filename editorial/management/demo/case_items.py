"""The demo's data as items of a case, as `POST /cases` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from editorial.management.demo.case_data import Data

_REFERENCES = {
    *("adverse_to", "carries", "claim", "establishes", "exhibit", "issuer", "org"),
    *("relies_on", "repeats", "reply_request", "source", "speaks_for"),
}
_ACTIONS_AFTER_FILING = {"authenticated", "rating", "vouched"}


def case_items(ids: Mapping[str, Any], **data: Iterable[Data]) -> dict[str, list[dict[str, Any]]]:
    """The items by kind. They refer to existing objects by id (`ids`), and to each other as `#name`."""
    return {kind: [_item(data, ids) for data in listed] for kind, listed in data.items()}


def _item(data: Data, ids: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one item, without empty ones."""
    item: dict[str, Any] = {}
    for name, value in data:
        if name == "id":
            item["ref"] = value
        elif name == "identity":
            item |= {"identity_name": value and value.name, "identity_known_by": value and value.known_by}
        elif name == "parts":
            item["parts"] = [{"ref": part, "text": text} for part, text in value.items()]
        elif name == "uses":
            item["uses"] = [_item(use, ids) for use in value]
        elif name in _REFERENCES:
            item[name] = _refer(value, ids)
        elif name not in _ACTIONS_AFTER_FILING:
            item[name] = value
    return {name: value for name, value in item.items() if value not in (None, "", [])}


def _refer(names: Any, ids: Mapping[str, Any]) -> Any:
    """The id of an existing object, or `#name`; of several, a list."""
    if isinstance(names, str):
        return names and ids.get(names, f"#{names}")
    return [_refer(name, ids) for name in names]
