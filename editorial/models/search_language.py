"""The language of search: the text search configuration `newsroom`, which stems by it and forgives accents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from editorial.models.search_documents import SEARCHED

CONFIGURATION = "newsroom"
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_WORDS = "asciiword, word, hword, asciihword, hword_part, hword_asciipart"
_LANGUAGE = "SELECT obj_description(oid, 'pg_ts_config') FROM pg_ts_config WHERE cfgname = %s"
_BATCH = 500  # rows locked against changes together


def use(language: str) -> None:
    """Stem by this language (BCP 47) from now on, and write every search document again if it was another.

    Run by the owner of the tables. If it is interrupted, the next call starts again.
    """
    stemmer = _STEMMERS.get(language.partition("-")[0].lower(), "simple")
    dictionary = "simple" if stemmer == "simple" else f"{stemmer}_stem"
    with connection.cursor() as cursor:
        cursor.execute(_LANGUAGE, [CONFIGURATION])
        if cursor.fetchone() == (dictionary,):
            return
        cursor.execute(f"COMMENT ON TEXT SEARCH CONFIGURATION {CONFIGURATION} IS NULL")
        cursor.execute(
            f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR {_WORDS} WITH unaccent, {dictionary}"
        )
        for kind, model in SEARCHED.items():
            _refresh_all(kind, model)
        cursor.execute(f"COMMENT ON TEXT SEARCH CONFIGURATION {CONFIGURATION} IS '{dictionary}'")


def is_complete() -> bool:
    """Whether every search document is written by the present language; not while `use` writes them."""
    with connection.cursor() as cursor:
        cursor.execute(_LANGUAGE, [CONFIGURATION])
        row = cursor.fetchone()
    return row is not None and row[0] is not None


def _refresh_all(kind: str, model: Any) -> None:
    last = UUID(int=0)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # Locked, so that a text that changes meanwhile is read before its trigger writes, or after.
            rows = model._default_manager.filter(pk__gt=last).order_by("pk").select_for_update(no_key=True)
            ids = list(rows.values_list("pk", flat=True)[:_BATCH])
            if not ids:
                return
            cursor.execute("SELECT refresh_search_documents(%s, %s::uuid[])", [kind, ids])
            last = ids[-1]
