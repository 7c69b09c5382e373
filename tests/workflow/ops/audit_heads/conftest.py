"""A newsroom whose record is signed, and the means to attack it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from editorial.models import AuditHead
from editorial.models.ops import change_log
from editorial.workflow.ops import audit_chain
from editorial.workflow.ops.audit_heads import head_files, signer, verifier
from editorial.workflow.ops.audit_heads.head_files import Head, HeadFolder
from tests.support.live import wait_until

Sign = Callable[[datetime], Head]


@pytest.fixture
def heads(settings: Settings, tmp_path: Path) -> HeadFolder:
    """The folder of the heads: empty."""
    settings.AUDIT_HEADS = tmp_path / "audit-heads"
    return HeadFolder(settings.AUDIT_HEADS)


@pytest.fixture
def sign(heads: HeadFolder, transactional_db: None) -> Sign:
    """Sign a head of everything that is committed."""

    def sign(now: datetime) -> Head:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sync_position()")
            (reached,) = cursor.fetchone()
        # Other tests' transactions on the same server hold the watermark back.
        wait_until(lambda: change_log.watermark().position > reached, within=300)
        head = signer.sign(now=now)
        assert head is not None
        return head

    return sign


@pytest.fixture
def superuser(transactional_db: None) -> Iterator[None]:
    """Be the superuser, whom no trigger and no grant stops."""
    user = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "postgres"
    yield
    connection.close()
    connection.settings_dict["USER"] = user


def faults(files: HeadFolder) -> list[str]:
    """Everything that `manage.py verify_audit_log` would report."""
    key = head_files.load_private_key(django_settings.AUDIT_SIGNING_KEY).public_key()
    return [*audit_chain.verify().errors, *verifier.verify(files, [key]).errors]


def newest() -> AuditHead:
    """The newest head that the database knows."""
    return AuditHead.objects.latest("number")
