"""The files for several hosts, as far as they can be tried without any: commands, variables, probes and references."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from newsroom.processes import CREDENTIALS, PROCESSES, SECRETS
from tests.newsroom.test_deployment import FILLED_IN
from tests.support.live import clean_environment
from tests.support.servers import ROOT

FOLDER = ROOT / "deploy/kubernetes"
MANIFESTS: list[dict[str, Any]] = [
    manifest
    for name in ("newsroom", "prepare", "secrets.example")
    for manifest in yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text())
]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.hosts.yml").read_text())
KEYS = dict(re.findall(r"^check: export (\w+_KEYS?) := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
VALUES = (
    FILLED_IN
    | KEYS
    | {
        "DATABASE_URL": "postgresql://newsroom_app:secret@db.invalid/newsroom",
        "DATABASE_OWNER_URL": "postgresql://newsroom:secret@db.invalid/newsroom",
        "REDIS_URL": "redis://redis.invalid/0",
        "EMAIL_URL": "smtp+tls://user:secret@mail.invalid:587",
        "EMAIL_FROM": "newsroom@example.org",
    }
)
"""What an operator fills in."""


class Workload(NamedTuple):
    """A process as a file starts it."""

    command: list[str]
    environment: dict[str, str]
    seconds_to_stop: int
    health: list[str]
    """The command that says whether it works; empty for web, which is asked over HTTP."""


def _manifest(kind: str, name: str) -> dict[str, Any]:
    (found,) = (each for each in MANIFESTS if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def _of_kubernetes() -> dict[str, Workload]:
    workloads = {}
    for each in MANIFESTS:
        if each["kind"] in ("Deployment", "Job"):
            pod = each["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            environment = {}
            for source in container["envFrom"]:
                environment |= _manifest("ConfigMap", source["configMapRef"]["name"])["data"]
            for variable in container["env"]:
                if "value" in variable:
                    environment[variable["name"]] = variable["value"]
                    continue
                reference = variable["valueFrom"]["secretKeyRef"]
                known = _manifest("Secret", reference["name"])["stringData"]
                assert reference["key"] == variable["name"]
                assert reference["key"] in known or reference.get("optional"), reference
                if reference["key"] in VALUES:  # those that are optional as well
                    environment[variable["name"]] = VALUES[reference["key"]]
            workloads[each["metadata"]["name"]] = Workload(
                container.get("command") or ["python", "-m", "newsroom.processes", *container["args"]],
                environment,
                pod.get("terminationGracePeriodSeconds", 30),
                container.get("livenessProbe", {}).get("exec", {}).get("command", []),
            )
    return workloads


def _of_compose() -> dict[str, Workload]:
    fill = {**VALUES, "DOMAIN": "newsroom.example.org"}

    def filled_in(value: Any) -> str:
        return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: fill.get(found[1], ""), str(value))

    return {
        name: Workload(
            [*service.get("entrypoint", ["python", "-m", "newsroom.processes"]), *service["command"]],
            {key: filled_in(value) for key, value in service["environment"].items()},
            int(service["stop_grace_period"].rstrip("s")),
            service.get("healthcheck", {}).get("test", [])[1:],
        )
        for name, service in COMPOSE["services"].items()
    }


TARGETS = {"kubernetes": _of_kubernetes(), "compose": _of_compose()}
each_target = pytest.mark.parametrize("target", TARGETS)


@each_target
def test_every_process_runs_with_time_to_stop(target: str) -> None:
    assert TARGETS[target].keys() == {*PROCESSES, "prepare"}
    for name, process in PROCESSES.items():
        workload = TARGETS[target][name]
        assert workload.command == ["python", "-m", "newsroom.processes", name]
        draining = float(workload.environment.get("DRAIN_SECONDS", 0))
        assert workload.seconds_to_stop > process.stop_timeout + draining, name


@each_target
def test_each_has_the_secrets_that_it_needs_and_no_other(target: str) -> None:
    for name, workload in TARGETS[target].items():
        process = PROCESSES.get(name)
        given = {secret for secret in (*SECRETS, *CREDENTIALS) if workload.environment.get(secret)}
        assert given == set(process.secrets if process else ()), name
        assert bool(workload.environment.get("DATABASE_OWNER_URL")) == (name == "prepare")


@each_target
def test_the_settings_have_every_variable_that_they_require(target: str) -> None:
    """The start of a process fails with the name of a missing variable, and this check names what only people miss."""
    for name, workload in TARGETS[target].items():
        environment = clean_environment(**workload.environment, NEWSROOM_DATA="/nowhere")
        check = [sys.executable, "-c", "from newsroom import settings; print(settings.DATABASE_URL)"]
        if name == "web":
            check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
            environment["AUDIT_SIGNING_KEY"] = VALUES["AUDIT_SIGNING_KEY"]  # only workers have it
            environment["DATABASE_OWNER_URL"] = VALUES["DATABASE_OWNER_URL"]  # only prepare has it
        outcome = subprocess.run(check, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
        assert outcome.returncode == 0, f"{name}: {outcome.stdout}{outcome.stderr}"


@each_target
def test_health_commands_exist_and_ask_for_their_own_process(target: str) -> None:
    for name, workload in TARGETS[target].items():
        if name in ("web", "prepare"):
            continue
        python, script, command, *options = workload.health
        assert (python, script) == ("python", "manage.py")
        assert command in get_commands()
        assert options[:2] == ["--process", name]


def test_probes_of_web_use_paths_and_ports_that_exist() -> None:
    (container,) = _manifest("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"PORT={ports['http']}" in dockerfile
    for probe in ("readinessProbe", "livenessProbe"):
        asked = container[probe]["httpGet"]
        assert resolve(asked["path"])
        assert asked["port"] in ports
        (host,) = asked["httpHeaders"]
        assert host["value"] in TARGETS["kubernetes"]["web"].environment["ALLOWED_HOSTS"].split(",")
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/accepting"
    assert (
        float(TARGETS["kubernetes"]["web"].environment["DRAIN_SECONDS"]) > container["readinessProbe"]["periodSeconds"]
    )


def test_what_manifests_refer_to_exists() -> None:
    for manifest in MANIFESTS:
        if manifest["kind"] not in ("Deployment", "Job"):
            continue
        template = manifest["spec"]["template"]
        selector = manifest["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.items() <= template["metadata"]["labels"].items()
        volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
        (container,) = template["spec"]["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
        assert _manifest("PersistentVolumeClaim", volumes["data"]["persistentVolumeClaim"]["claimName"])
        assert container["securityContext"]["readOnlyRootFilesystem"]
    web = _manifest("Deployment", "web")["spec"]["template"]["metadata"]["labels"]
    for kind, selector in (("Service", "selector"), ("PodDisruptionBudget", "selector")):
        labels = _manifest(kind, "web")["spec"][selector]
        assert labels.get("matchLabels", labels).items() <= web.items()
    paths = _manifest("Ingress", "newsroom")["spec"]["rules"][0]["http"]["paths"]
    assert {path["backend"]["service"]["name"] for path in paths} == {"web"}
    exposed = [path["path"] for path in paths if path["pathType"] == "Prefix"]
    assert not any(hidden.startswith(tuple(exposed)) for hidden in ("/metrics", "/health/queue"))


def test_every_manifest_uses_one_image() -> None:
    kustomization = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    (image,) = kustomization["images"]
    pods = {
        each["kind"]: each["spec"]["template"]["spec"]["containers"][0]
        for each in MANIFESTS
        if "template" in each.get("spec", {})
    }
    assert pods["Deployment"]["image"] == image["name"]
    assert pods["Job"]["image"] == f"{image['newName']}:{image['newTag']}"
    assert all(Path(FOLDER / name).exists() for name in kustomization["resources"])
