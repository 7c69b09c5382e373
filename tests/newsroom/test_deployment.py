"""The deployment files, as far as they can be tried without a container engine: their very commands are run."""

import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.utils import timezone

from editorial.models import MessageKind, OutboxMessage
from newsroom.local import sockets
from newsroom.local.postgres import PRIVACY, binary
from newsroom.processes import PROCESSES, SECRETS
from tests.support.live import RunningProcess, clean_environment, free_port, wait_until
from tests.support.servers import ROOT, WORKER, database_url

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FILLED_IN = {
    "DOMAIN": "newsroom.example.org",
    "DATABASE_PASSWORD": "0123456789abcdef",
    "DATABASE_OWNER_PASSWORD": "123456789abcdef0",
    "DATABASE_SUPERUSER_PASSWORD": "23456789abcdef01",
    "AUDIT_SIGNING_KEY": "b25seS1mb3ItdGVzdGluZy0wMTIzNDU2Nzg5MDEyMzQ=",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "IDENTITY_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "VAULT_KEYS": "b25seS1mb3ItdGVzdGluZy0wMTIzNDU2Nzg5MDEyMzQ=",
    "SECOND_FACTOR_KEYS": "c2Vjb25kLWZhY3RvcnMtMDEyMzQ1Njc4OTAxMjM0NTY=",
    "WEBHOOK_KEYS": "d2ViaG9va3MtZm9yLWEtdHJpYWwtMDEyMzQ1Njc4OTA=",
    "MAIL_KEYS": "bWFpbC1mb3ItdGVzdGluZy0wMTIzNDU2Nzg5MDEyMzQ=",
    "RESPONSE_KEYS": "cmVzcG9uc2VzLWZvci1hLXRyaWFsLTAxMjM0NTY3ODk=",
}


def _instruction(name: str) -> list[str]:
    """The words of the image's last instruction of that name, in its JSON form."""
    matches = re.findall(rf"^(?:.*\s)?{name} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return list(yaml.safe_load(matches[-1]))


def _command(service: str) -> list[str]:
    described = COMPOSE["services"][service]
    command = [*described.get("entrypoint", _instruction("ENTRYPOINT")), *described.get("command", _instruction("CMD"))]
    return _local_command(command)


def _health_check(service: str) -> list[str]:
    described = COMPOSE["services"][service].get("healthcheck")
    return _local_command(described["test"][1:] if described else _instruction("CMD"))


def _local_command(command: list[str]) -> list[str]:
    """The image's Python is the one that runs this test."""
    assert command[0] == "python"
    return [sys.executable, *command[1:]]


def _secrets(service: str) -> dict[str, str]:
    """The secrets that a service is given; empty ones included, as they override the file `.env`."""
    described = COMPOSE["services"][service]["environment"]
    return {name: _filled_in(described[name]) for name in SECRETS}


def _filled_in(text: str) -> str:
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda matches: FILLED_IN[matches[1]], text)


def _example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value or FILLED_IN[name] for name, value in values.items()}


@pytest.fixture
def environment(transactional_db: None, data_folder: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a compose service, without the addresses of the two servers."""
    described = {name: _filled_in(value) for name, value in COMPOSE["x-newsroom"]["environment"].items()}
    here = {
        "DATABASE_URL": database_url(data_folder, connection.settings_dict["NAME"], role=sockets.APPLICATION),
        "REDIS_URL": settings.REDIS_URL,
        "CACHE_URL": settings.REDIS_URL,
        "NEWSROOM_DATA": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "PORT": str(free_port()),
    }
    assert {"DATABASE_URL", "REDIS_URL", "CACHE_URL"} <= described.keys()
    return clean_environment(**{**_example(), **described, **here})


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Any]:
    """Start a service; it is stopped when the test is over."""
    running: list[RunningProcess] = []

    def start(service: str) -> RunningProcess:
        running.append(RunningProcess(_command(service), environment | _secrets(service)))
        return running[-1]

    yield start
    for process in running:
        assert process.stop() in (0, -15), process.output


def _healthy(service: str, environment: dict[str, str]) -> bool:
    health = subprocess.run(_health_check(service), cwd=ROOT, env=environment, capture_output=True)  # noqa: S603
    return health.returncode == 0


@pytest.mark.servers
def test_the_web_service_answers_behind_a_proxy(start: Any, environment: dict[str, str]) -> None:
    assert not _healthy("web", environment)
    start("web")
    wait_until(lambda: _healthy("web", environment), within=60)
    address = f"http://127.0.0.1:{environment['PORT']}/admin/login/"
    name = {"Host": FILLED_IN["DOMAIN"]}
    assert httpx.get(address, headers=name).status_code == 301, "plain HTTP is sent to HTTPS"
    page = httpx.get(address, headers={**name, "X-Forwarded-Proto": "https"})
    assert page.status_code == 200
    assert page.headers["Set-Cookie"].startswith("__Host-csrftoken=")
    assert "Secure" in page.headers["Set-Cookie"]
    assert "max-age" in page.headers["Strict-Transport-Security"]
    assert httpx.get(address, headers={"Host": "elsewhere.example"}).status_code == 400
    metrics = httpx.get(address.replace("/admin/login/", "/metrics"))
    assert metrics.status_code == 403, "a proxy on this machine that adds no header could ask like this"


@pytest.mark.servers
def test_worker_dispatcher_and_beat_run_and_are_healthy(start: Any, environment: dict[str, str]) -> None:
    services = {name: start(name) for name in ("worker", "dispatcher", "beat")}
    services["worker"].wait_for_output("ready")
    for name, running in services.items():
        wait_until(lambda name=name: _healthy(name, environment))
        assert running.process.poll() is None, running.output


@pytest.mark.servers
def test_jobs_that_wait_too_long_make_the_services_unhealthy(environment: dict[str, str]) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    OutboxMessage.objects.create(
        kind=MessageKind.ASSESS_CLAIM.value,
        reference="0",
        created_at=long_ago,
        available_at=long_ago,
    )
    assert not _healthy("worker", environment)


@pytest.mark.servers
def test_prepare_can_be_repeated(environment: dict[str, str], data_folder: Path) -> None:
    assert "DATABASE_OWNER_URL" in COMPOSE["services"]["prepare"]["environment"]
    owner = {"DATABASE_OWNER_URL": database_url(data_folder, connection.settings_dict["NAME"])}
    for _ in range(2):
        outcome = subprocess.run(  # noqa: S603
            _command("prepare"), cwd=ROOT, env=environment | owner | _secrets("prepare"), capture_output=True, text=True
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert (Path(environment["STATIC_ROOT"]) / "unfold").is_dir()


def test_every_third_party_image_is_pinned_by_digest() -> None:
    images = [service["image"] for service in COMPOSE["services"].values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 6
    for image in images:
        assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image
    assert len({image for image in images if image.startswith("redis")}) == 1
    assert len({image for image in images if image.startswith("python")}) == 1


def test_every_process_is_a_service() -> None:
    for name in PROCESSES:
        assert COMPOSE["services"][name]["command"] == [name]


@pytest.mark.parametrize("service", [name for name, each in COMPOSE["services"].items() if "build" in each])
def test_a_service_has_the_secrets_that_it_needs_and_no_other(service: str) -> None:
    """A backup needs none: encrypted values name their keys."""
    needed = PROCESSES[service.rstrip("2")].secrets if service.rstrip("2") in PROCESSES else ()
    assert {name for name, value in _secrets(service).items() if value} == set(needed)


def test_a_secret_of_the_example_is_given_to_a_service_by_name_only() -> None:
    """`.env` as a whole goes to every service, so each secret in it has to be overridden."""
    secret = {name for name in _example() if name.endswith(("_KEY", "_KEYS"))}
    assert secret == set(SECRETS)
    assert {name for name in SECRETS if COMPOSE["x-newsroom"]["environment"][name] == ""} == set(SECRETS)


def test_every_required_variable_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    required = {match[1] for match in re.finditer(r"\$\{(\w+)(:-)?", text) if not match[2]}
    assert required <= _example().keys()


def test_the_example_holds_no_secret() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    for name in ("DATABASE_PASSWORD", *SECRETS):
        assert f"{name}=" in lines


def test_errors_of_the_deployed_database_quote_no_row() -> None:
    command = COMPOSE["services"]["postgres"]["command"]
    assert PRIVACY.items() <= dict(argument.split("=") for argument in command if "=" in argument).items()


def test_every_file_that_is_mounted_or_copied_exists() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    allowed = (ROOT / ".dockerignore").read_text()
    for source in re.findall(r"^COPY (\w\S*) ", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}\n" in allowed


@pytest.mark.servers
def test_the_image_can_collect_its_static_files(tmp_path: Path) -> None:
    step = re.search(r"^RUN (DATABASE_URL=.*?)\n\n", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert step
    shell = step[1].replace("/opt/newsroom/bin/python", f'"{sys.executable}"').replace("/srv/static", str(tmp_path))
    subprocess.run(["/bin/sh", "-c", shell], cwd=ROOT, env=clean_environment(), check=True, capture_output=True)  # noqa: S603
    assert (tmp_path / "admin").is_dir()


def test_the_proxy_forwards_to_the_port_of_every_web_service() -> None:
    proxy = (ROOT / "deploy/Caddyfile").read_text()
    named = re.search(r"reverse_proxy \{\$WEB:(.*?)\}", proxy)
    webs = [name for name, service in COMPOSE["services"].items() if service.get("command") == ["web"]]
    (port,) = re.findall(r"PORT=(\d+)", DOCKERFILE)
    assert named
    assert named[1].split() == [f"{web}:{port}" for web in webs]
    assert len(webs) == 2


def test_a_web_service_has_time_to_shut_down() -> None:
    """Two health checks report it as draining before it stops, and it stops before it is killed."""
    service = COMPOSE["services"]["web"]
    drain = int(service["environment"]["DRAIN_SECONDS"])
    interval = re.search(r"health_interval (\d+)s", (ROOT / "deploy/Caddyfile").read_text())
    assert interval
    assert drain >= 2 * int(interval[1]) + 1
    assert int(COMPOSE["x-newsroom"]["stop_grace_period"].removesuffix("s")) > drain + PROCESSES["web"].stop_timeout


def test_an_upgrade_prepares_first_and_then_restarts_every_process(tmp_path: Path) -> None:
    """The script with a `docker` that only records its arguments."""
    log = tmp_path / "told"
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n')
    docker.chmod(0o755)
    script = ["/bin/sh", str(ROOT / "deploy/upgrade.sh")]
    subprocess.run(script, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=True, capture_output=True)  # noqa: S603
    steps = log.read_text().splitlines()
    assert steps[:3] == ["compose build", "compose run --rm backup", "compose run --rm prepare"]
    restarted = [step.split()[-1] for step in steps[3:]]
    assert sorted(restarted) == sorted(
        name for name, service in COMPOSE["services"].items() if (service.get("command") or [""])[0] in PROCESSES
    )
    assert restarted[:4] == ["web", "web2", "external", "dispatcher"], "a new worker has no keys for deliveries"


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed here")
def test_the_proxy_accepts_its_configuration() -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"]
    environment = {**os.environ, "DOMAIN": FILLED_IN["DOMAIN"]}
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.servers
@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed here")
def test_metrics_are_not_answered_through_the_proxy(start: Any, environment: dict[str, str], tmp_path: Path) -> None:
    token = {"Authorization": "Bearer of-some-length"}
    environment["METRICS_TOKEN"] = "of-some-length"  # noqa: S105
    start("web")
    wait_until(lambda: _healthy("web", environment), within=60)
    web, port = f"127.0.0.1:{environment['PORT']}", free_port()
    configuration = tmp_path / "Caddyfile"
    site = (
        (ROOT / "deploy/Caddyfile")
        .read_text()
        .split("\n# Plain HTTP")[0]
        .replace("{$DOMAIN} {", f"http://{FILLED_IN['DOMAIN']}:{port} {{", 1)
    )
    configuration.write_text("{\n\tadmin off\n}\n" + site.replace("Host {$DOMAIN}", f"Host {FILLED_IN['DOMAIN']}"))
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(configuration)]
    proxy = RunningProcess(command, {**os.environ, "WEB": web, "XDG_DATA_HOME": str(tmp_path)})
    host = {"Host": f"{FILLED_IN['DOMAIN']}:{port}"}
    try:
        wait_until(lambda: _status(port, "/admin/login/", host) in (200, 301), within=60)
        assert httpx.get(f"http://{web}/metrics", headers=token).status_code == 200
        for path in (
            "/metrics",
            "/metrics/",
            "//metrics",
            "/%6Detrics",
            "/./metrics",
            "/admin/../metrics",
            "/metrics?a=b",
        ):
            assert _status(port, path, host | token) in (301, 403, 404), path
    finally:
        proxy.stop()


def _status(port: int, path: str, headers: dict[str, str]) -> int:
    """The status of a request whose path is sent as it is; 0 if nothing listens."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.request("GET", path, headers=headers)
        return client.getresponse().status
    except OSError:
        return 0
    finally:
        client.close()


def test_only_prepare_and_backup_have_the_owners_password() -> None:
    """The file of secrets reaches every service; an empty value in its environment takes precedence."""
    for name, service in COMPOSE["services"].items():
        given = service.get("environment", COMPOSE["x-newsroom"]["environment"])
        if "DATABASE_OWNER_URL" in given:
            assert name in ("prepare", "backup")
        if service.get("env_file"):
            assert given["DATABASE_OWNER_PASSWORD"] == given["DATABASE_SUPERUSER_PASSWORD"] == ""


def test_the_deployed_database_roles_are_not_superusers(data_folder: Path, tmp_path: Path) -> None:
    """Its script is run against the test server, under other names."""
    role = f"deployed{WORKER}"
    script = (ROOT / "deploy/make-database.sh").read_text()
    renamed = re.sub(r"(ROLE|DATABASE|OWNER) newsroom", rf"\1 {role}", script)
    assert renamed.count(role) == 4
    path = tmp_path / "make-database.sh"
    path.write_text(renamed)
    server = {
        "PGHOST": str(sockets.socket_dir(data_folder)),
        "NEWSROOM_PASSWORD": "it's secret",
        "NEWSROOM_OWNER_PASSWORD": "too",
    }
    search = f"{Path(binary('psql')).parent}:{os.environ['PATH']}"
    subprocess.run(["/bin/sh", str(path)], env={"PATH": search, **server}, check=True)  # noqa: S603
    for name in (role, f"{role}_app"):
        with psycopg.connect(sockets.database_url(data_folder, database=role, role=name)) as connected:
            assert connected.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
            (owned,) = connected.execute(
                "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
            ).fetchone()  # type: ignore[misc]
            assert owned == (name == role)
