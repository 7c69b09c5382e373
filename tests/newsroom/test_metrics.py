"""Metrics: their values, the access to them, and that they hold no content."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from editorial.models import Heartbeat, OutboxMessage, User
from editorial.operations import metrics, status
from newsroom.observability.gauges import GAUGES
from tests.support.cast import Room
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until
from tests.support.servers import ROOT

CANARY = "Wilhelmina Canary"
MANUAL = (ROOT / "docs/operations/running.md").read_text()
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())


def metrics_text(text: str) -> dict[tuple[str, ...], float]:
    """Every sample: its name and the values of its labels → its value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.django_db
class TestAccess:
    def test_without_a_token_only_this_machine_has_access(self, settings: Any) -> None:
        settings.METRICS_TOKEN = ""
        assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 200
        assert Client(REMOTE_ADDR="::1").get("/metrics").status_code == 200
        assert Client(REMOTE_ADDR="10.0.0.7").get("/metrics").status_code == 403
        assert Client(REMOTE_ADDR="").get("/metrics").status_code == 403

    @pytest.mark.parametrize(
        "header",
        ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "CDN-Loop"],
    )
    @pytest.mark.parametrize("value", ["127.0.0.1", ""])
    def test_a_request_through_a_proxy_is_refused_even_with_the_token(
        self, settings: Any, header: str, value: str
    ) -> None:
        settings.METRICS_TOKEN = ""
        assert Client().get("/metrics", headers={header: value}).status_code == 403
        settings.METRICS_TOKEN = "of-some-length"  # noqa: S105
        headers = {header: value, "Authorization": "Bearer of-some-length"}
        assert Client().get("/metrics", headers=headers).status_code == 403

    def test_behind_a_proxy_the_token_is_required_of_this_machine_too(self, settings: Any) -> None:
        settings.METRICS_TOKEN, settings.TRUSTED_PROXY_COUNT = "", 1
        assert Client().get("/metrics").status_code == 403
        settings.METRICS_TOKEN = "of-some-length"  # noqa: S105
        assert Client().get("/metrics", headers={"Authorization": "Bearer of-some-length"}).status_code == 200

    def test_with_a_token_any_address_has_access(self, settings: Any) -> None:
        settings.METRICS_TOKEN = "of-some-length"  # noqa: S105
        away = Client(REMOTE_ADDR="10.0.0.7")
        assert away.get("/metrics", headers={"Authorization": "Bearer of-some-length"}).status_code == 200
        for token in ("Bearer of-some-lengtH", "of-some-length", "Bearer ", "Bearer ä", ""):
            assert away.get("/metrics", headers={"Authorization": token}).status_code == 403
        assert Client().get("/metrics").status_code == 403


@pytest.mark.django_db
def test_metrics_match_the_database(room: Room) -> None:
    room.claim()
    now = metrics_text(Client().get("/metrics").content.decode())
    assert now["newsroom_database_up",] == 1
    assert now["newsroom_messages", "assess_claim", "ready"] == 1
    assert now["newsroom_messages", "deliver", "dead"] == 0
    assert now["newsroom_queue_ok",] == 1
    assert now["newsroom_tasks", "investigate"] == 0


@pytest.mark.django_db
def test_an_unreachable_database_is_a_metric_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(status, "snapshot", away)
    monkeypatch.setattr(connection, "close", lambda: None)  # it is the test's
    response = Client().get("/metrics")
    assert response.status_code == 200
    assert metrics_text(response.content.decode())["newsroom_database_up",] == 0


@pytest.mark.django_db
def test_refusals_are_counted_by_interface_and_code_and_hold_no_caller_input(room: Room, rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    counted = ("newsroom_refusals_total", "NOT_FOUND", "api")  # labels come in the order of the alphabet
    before = metrics_text(Client().get("/metrics").content.decode()).get(counted, 0)
    body = {"text": CANARY, "desk": str(room.desk.pk), "adverse_to": [str(room.desk.pk)]}
    response = client.post("/api/v1/claims", body, content_type="application/json")
    assert response.status_code == 422
    client.post(
        f"/api/v1/{CANARY}", {CANARY: CANARY}, content_type="application/json", headers={"X-Request-ID": CANARY}
    )
    client.generic("CANARY", "/api/v1/claims")
    text = Client().get("/metrics").content.decode()
    now = metrics_text(text)
    assert now[counted] == before + 1
    assert "canary" not in text.casefold()
    assert {key[1] for key in now if key[0] == "newsroom_request_seconds_count"} <= _methods()


@pytest.mark.django_db
def test_metrics_answer_on_any_host_name() -> None:
    assert Client().get("/metrics", headers={"Host": "10.0.0.9:8000"}).status_code == 200
    assert Client().post("/metrics").status_code == 405


def _methods() -> set[str]:
    return {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"}


def test_an_unknown_code_is_not_exported() -> None:
    metrics.count_rejections("api", [CANARY, "x" * 200])
    assert metrics.REFUSALS.labels("api", "OTHER")._value.get() >= 1


def test_the_manual_lists_every_metric() -> None:
    named = {f"newsroom_{figure.name}" for figure in GAUGES} | {
        "newsroom_info", "newsroom_database_up", "newsroom_job_seconds", "newsroom_request_seconds",
        "newsroom_refusals_total",
    }  # fmt: skip
    assert named <= set(re.findall(r"`(newsroom_\w+)", MANUAL))


def test_every_alert_uses_an_exported_metric_and_is_in_the_manual() -> None:
    known = set(re.findall(r"`(newsroom_\w+)", MANUAL))
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    assert len(rules) >= 8
    for rule in rules:
        used = {re.sub(r"_(count|sum|bucket)$", "", name) for name in re.findall(r"newsroom_\w+", rule["expr"])}
        assert used <= known, rule
        assert f"`{rule['alert']}`" in MANUAL
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]


@pytest.fixture
def deployment(transactional_db: None, data_folder: Path, tmp_path: Path) -> Iterator[dict[str, RunningProcess]]:
    """The processes of one machine, started as an operator starts them: two of gunicorn and two of a worker."""
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=configured.REDIS_URL
    )
    environment |= {"NEWSROOM_DATA": str(tmp_path), "PORT": str(free_port()), "METRICS_TOKEN": "of-some-length"}
    environment |= {"WORKER_CONCURRENCY": "2", "EMAIL_URL": f"filemail:///{tmp_path}/mail", "LOG_JSON": "1"}
    ports = {"worker": str(free_port())}
    running: dict[str, RunningProcess] = {}
    for name in ("web", "worker", "dispatcher", "beat"):
        own = {"METRICS_PORT": ports[name]} if name in ports else {}
        running[name] = RunningProcess([sys.executable, "-m", "newsroom.processes", name], environment | own)
        running[name].ports = {"web": environment["PORT"]} | ports  # type: ignore[attr-defined]
    try:
        yield running
    finally:
        for process in running.values():
            if process.process.poll() is None:
                process.process.terminate()
        for process in running.values():
            process.wait_for_exit()


@pytest.mark.slow
def test_real_processes_send_heartbeats_and_one_endpoint_aggregates_their_counters(
    deployment: dict[str, RunningProcess], room: Room
) -> None:
    ports: dict[str, str] = deployment["web"].ports  # type: ignore[attr-defined]
    room.now = datetime.now(UTC)
    wait_until(lambda: {"web", "worker", "dispatcher", "beat"} <= set(_seen()), within=90)
    wait_until(lambda: _seen().count("web") == 2)
    with httpx.Client(headers={"Host": "localhost", "Authorization": "Bearer of-some-length"}) as client:
        for _ in range(20):
            assert client.get(f"http://127.0.0.1:{ports['web']}/health/live").status_code == 200
        room.claim(CANARY)
        wait_until(lambda: OutboxMessage.objects.filter(kind="assess_claim", state="done").exists(), within=60)

        text = client.get(f"http://127.0.0.1:{ports['web']}/metrics").text
        now = metrics_text(text)
        live = [
            value
            for key, value in now.items()
            if key[0] == "newsroom_request_seconds_count" and "health.live" in str(key)
        ]
        assert sum(live) == 20, "both processes of web are counted"
        assert now["newsroom_job_seconds_count", "assess_claim", "done"] >= 1, "and the worker's children"
        assert now["newsroom_worker_slots", "worker"] == 2
        own = metrics_text(client.get(f"http://127.0.0.1:{ports['worker']}/").text)
        assert own["newsroom_job_seconds_count", "assess_claim", "done"] >= 1
        assert httpx.get(f"http://127.0.0.1:{ports['worker']}/").status_code == 403
        assert "canary" not in text.casefold()

    deployment["dispatcher"].stop()
    assert "dispatcher" not in _seen(), "who ends in order is not missed"
    deployment["web"].stop()
    assert "web" not in _seen()
    deployment["beat"].stop()
    assert "beat" not in _seen()
    deployment["worker"].process.send_signal(signal.SIGKILL)
    deployment["worker"].process.wait()
    assert "worker" in _seen(), "who is killed is, after a while, found silent"
    for process in deployment.values():
        assert CANARY not in process.output


def _seen() -> list[str]:
    return list(Heartbeat.objects.values_list("process", flat=True))
