"""A client generated from the OpenAPI file, in use: the API does what the file says."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from editorial.management.demo import loader, scenes
from editorial.management.demo.api_play import DemoSession
from editorial.management.demo.terminal import Terminal
from editorial.models import Change, Claim, ClaimUse, Source, Statement, Story
from editorial.models.ops import change_log
from editorial.policy.roles import Scope
from tests.api.conftest import create_token
from tests.proofs.contract import generated_client
from tests.support.cast import Room
from tests.support.live import wait_until


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The client, on the import path."""
    package = generated_client.generate(tmp_path_factory.mktemp("client"))
    sys.path.insert(0, str(package.parent))
    yield package
    sys.path.remove(str(package.parent))


@pytest.mark.servers
def test_the_client_and_a_program_that_uses_it_are_fully_typed(client: Path) -> None:
    journey = Path(__file__).with_name("journey.py")
    # The generator's base client is not typed strictly; everything generated from our schema is.
    config = f"[mypy]\nstrict = true\n[mypy-{generated_client.PACKAGE}.client]\ndisable_error_code = arg-type\n"
    (client.parent / "mypy.ini").write_text(config)
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "mypy", "--config-file=mypy.ini", str(journey)],
        cwd=client.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    untyped = [path.name for path in (client / "api").rglob("*.py") if "Response[Any]" in path.read_text()]
    assert untyped == [], "operations whose answers have no type"


@pytest.fixture
def newsroom(client: Path, parallel: Room, live_server: Any) -> Any:
    """A newsroom that responds over HTTP, for the journey."""
    from tests.proofs.contract import journey

    def settle() -> None:
        parallel.now = timezone.now()
        parallel.settle()

    tokens = {name: create_token(parallel.people[name], list(Scope)) for name in ("rosa", "felix", "edith", "edgar")}
    return journey.Newsroom(live_server.url, tokens, parallel.desk.pk, settle)


@pytest.mark.servers
def test_the_client_takes_a_case_from_filing_to_publication(newsroom: Any) -> None:
    from tests.proofs.contract import journey

    ids = journey.file(newsroom)
    assert (Claim.objects.count(), Source.objects.count(), Statement.objects.count()) == (1, 2, 2)
    journey.revise(newsroom, ids["gate"])
    journey.bring_to_print(newsroom, ids["gate"], ids["stories/0"], ids["vale"], ids["nora"])
    assert Story.objects.get().status == "published"
    assert ClaimUse.objects.get().mode == "asserted"
    journey.archive(newsroom)
    expected = {
        model._meta.model_name: set(model.objects.values_list("pk", flat=True)) for model in (Claim, Source, Story)
    }
    # An event is listed once no older transaction is open, and other tests have some.
    wait_until(lambda: change_log.watermark().position > Change.objects.latest("position").position, within=600)
    copies = journey.sync(newsroom)
    assert (copies["claims"], copies["sources"], copies["stories"]) == tuple(expected.values())


@pytest.mark.slow
def test_the_client_plays_the_demo(client: Path, live_newsroom: str) -> None:
    output = io.StringIO()
    with generated_client.TypedClient(live_newsroom) as newsroom:
        day = DemoSession(Terminal(output, fast=True), newsroom, loader.people(), loader.PASSWORD)
        try:
            scenes.play(day)
        finally:
            day.close()
    assert "12 · Two sources, one person" in output.getvalue()
    requests = {
        "tokens_create",
        "sources_protect",
        "claims_assessment",
        "reviews_take",
        "signoffs_approve",
        "stories_gate",
    }
    assert requests | {"stories_publish", "stories_correct", "events_retrieve"} <= newsroom.used
