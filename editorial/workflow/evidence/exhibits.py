"""Exhibits: archive a copy, as a file or as pasted text."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files import File

from editorial import outbox
from editorial.models import Exhibit, MessageKind, Statement, User
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible
from editorial.workflow.evidence import statements
from editorial.workflow.evidence.confidentiality import name_guard

# Detect the type by content: a file name or a header can lie.
_SIGNATURES = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF8", "image/gif", ".gif"),
    (b"ID3", "audio/mpeg", ".mp3"),
    (b"OggS", "audio/ogg", ".ogg"),
    (b"fLaC", "audio/flac", ".flac"),
    (b"PK\x03\x04", "application/zip", ".zip"),
    (b"\x1f\x8b", "application/gzip", ".gz"),  # includes compressed web archives (WARC)
)
_TEXT = ("text/plain", ".txt")
_VIDEO, _AUDIO = ("video/mp4", ".mp4"), ("audio/wav", ".wav")
MEDIA_TYPES = sorted({_TEXT[0], _VIDEO[0], _AUDIO[0], *(media_type for _, media_type, _ in _SIGNATURES)})
"""The media types that an exhibit may have."""


@atomic_action
def attach(
    *,
    desk_id: UUID | str,
    title: str,
    text: str = "",
    file: IO[bytes] | None = None,
    url: str = "",
    statement_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> Exhibit:
    """Archive a copy and attach it to the given statement, if any. Each desk stores the same bytes once."""
    desk = require_desk(desk_id, actor, Action.EXHIBIT_ATTACH)
    if bool(text) == (file is not None):
        raise ValidationFailed(Reason("TEXT_OR_FILE", "Give either a file or text, not both.", "file"))
    statement = None if statement_id is None else get_visible(Statement, statement_id, actor, field="statement")
    claims = [] if statement is None else [statement.claim]
    name_guard.check_with_desk({"title": title, "url": url}, claims=claims, desk_id=desk.pk, actor=actor, now=now)
    exhibit = Exhibit(desk=desk, title=title.strip(), url=url, attached_by=actor, attached_at=now)
    if file is None:
        content = text.encode()
        exhibit.text, exhibit.content_type = text, _TEXT[0]
        exhibit.size, exhibit.sha256 = _check_size(len(content)), hashlib.sha256(content).hexdigest()
    else:
        _read_file(exhibit, file)
    stored = Exhibit.objects.filter(desk=desk, sha256=exhibit.sha256).first()
    if stored is None:
        validate_and_save(exhibit)
        audit.log(exhibit, Action.EXHIBIT_ATTACH, actor=actor, now=now, sha256=exhibit.sha256, size=exhibit.size)
        stored = exhibit
    if statement_id is not None:
        _attach_to_statement(stored, statement_id, actor, now)
    return stored


def _read_file(exhibit: Exhibit, file: IO[bytes]) -> None:
    digest, size, start = hashlib.sha256(), 0, b""
    file.seek(0)  # the action is retried after a deadlock
    while chunk := file.read(1 << 16):
        start = start or chunk[:512]
        size = _check_size(size + len(chunk))
        digest.update(chunk)
    if not size:
        raise ValidationFailed(Reason("EMPTY", "The file is empty.", "file"))
    exhibit.size, exhibit.sha256 = size, digest.hexdigest()
    exhibit.content_type, suffix = _detect_type(start)
    file.seek(0)
    # Named by content: the original file name may reveal who supplied it.
    exhibit.file.save(f"{exhibit.sha256}{suffix}", File(file), save=False)


def _check_size(size: int) -> int:
    if size > settings.EXHIBIT_MAX_BYTES:
        limit = settings.EXHIBIT_MAX_BYTES // (1024 * 1024)
        raise ValidationFailed(Reason("TOO_LARGE", f"The exhibit is too large; the limit is {limit} MiB.", "file"))
    return size


def _detect_type(start: bytes) -> tuple[str, str]:
    for signature, content_type, suffix in _SIGNATURES:
        if start.startswith(signature):
            return content_type, suffix
    if start[4:8] == b"ftyp":
        return _VIDEO
    if start.startswith(b"RIFF") and start[8:12] == b"WAVE":
        return _AUDIO
    if b"\x00" not in start:
        # Markup is stored as plain text, so that no browser runs it.
        return _TEXT
    raise ValidationFailed(
        Reason(
            "UNKNOWN_TYPE",
            "Unsupported file type. Use text, PDF, PNG, JPEG, GIF, MP3, Ogg, FLAC, WAV, MP4, zip or gz.",
            "file",
        )
    )


def _attach_to_statement(exhibit: Exhibit, statement_id: UUID | str, actor: User, now: datetime) -> None:
    statement = statements.lock_unstruck(statement_id, actor, Action.STATEMENT_REVISE)
    if statement.exhibit_id == exhibit.pk:
        return
    if statement.exhibit_id:
        raise Conflict(Reason("ARCHIVED", "This statement already has an archived copy.", "statement"))
    statement.exhibit = exhibit
    validate_and_save(statement)
    audit.log(
        statement,
        Action.STATEMENT_REVISE,
        actor=actor,
        now=now,
        desk_id=statement.claim.desk_id,
        claim=str(statement.claim_id),
        changed={"exhibit": [None, str(exhibit.pk)]},
    )
    outbox.send(MessageKind.ASSESS_CLAIM, statement.claim_id, now=now)
