"""The walk in the docs, from a token to a correction: each of its blocks runs, as a reader would run it."""

from __future__ import annotations

import re
import subprocess
import time
from typing import Any

import pytest
from django.utils import timezone

from editorial.management.demo import loader
from editorial.models import Correction, Story, Token, User
from tests.support.cast import Room
from tests.support.servers import ROOT

_PAGE = ROOT / "docs" / "reference" / "api-walk.md"
_ROLES = {
    "mina": "reporter",
    "felix": "fact_checker",
    "cora": "copy_editor",
    "edith": "editor",
    "sabine": "senior_editor",
}
_LONGEST = 240  # seconds


@pytest.fixture
def staff(parallel: Room) -> None:
    """The people of the demo who appear in the walk, with its password."""
    for name, role in _ROLES.items():
        person, _ = User.objects.get_or_create(username=name)
        person.set_password(loader.PASSWORD)
        person.save()
        person.memberships.get_or_create(desk=parallel.desk, role=role)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("staff")
def test_the_walk_leads_from_a_token_to_a_correction(parallel: Room, live_server: Any) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", _PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    script = "set -euo pipefail\n" + "\n".join(blocks)
    walk = subprocess.Popen(  # noqa: S603 - our own page
        ["bash", "-c", script],  # noqa: S607
        env={"api": f"{live_server.url}/api/v1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + _LONGEST
    try:
        while walk.poll() is None and time.monotonic() < deadline:  # the workers' part
            parallel.now = timezone.now()
            parallel.settle()
            time.sleep(0.2)
    finally:
        walk.kill()
    output = walk.communicate()[0]
    assert walk.returncode == 0, output
    story = Story.objects.get()
    assert (story.status, story.published_version) == ("published", 2)
    assert Correction.objects.get().text.startswith("An earlier version")
    assert not Token.objects.filter(user__username__in=("mina", "felix", "sabine", "edith"), revoked_at=None).exists()
