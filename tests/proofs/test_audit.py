"""The audit of packages, against a local vulnerability database that answers with published advisories."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.proofs import audit
from tests.support.live import free_port

# As published: PYSEC-2021-66 has a fix, PYSEC-2022-42969 has none.
ADVISORIES = {
    ("jinja2", "2.11.2"): {
        "id": "PYSEC-2021-66", "aliases": ["CVE-2020-28493"], "summary": "A regular expression takes too long.",
        "affected": [{
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.11.3"}]}],
        }],
    },
    ("py", "1.11.0"): {
        "id": "PYSEC-2022-42969", "aliases": ["CVE-2022-42969"], "summary": "A regular expression takes too long.",
        "affected": [{
            "package": {"name": "py", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }],
    },
}  # fmt: skip


class VulnerabilityDatabase(BaseHTTPRequestHandler):
    """The part of the OSV API that an audit uses."""

    def do_POST(self) -> None:
        """The advisories of one version of a package."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        advisory = ADVISORIES.get((asked["package"]["name"], asked["version"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"vulns": [advisory]} if advisory else {}).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """The URL of the database."""
    server = HTTPServer(("127.0.0.1", 0), VulnerabilityDatabase)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def run(folder: Path, service: str, *packages: str) -> int:
    lock = folder / "requirements.lock"
    lock.write_text("".join(f"{package} --hash=sha256:{'0' * 64}\n" for package in packages))
    return audit.main([str(lock), "--service", service])


def test_a_vulnerability_with_a_fix_fails_and_names_the_version(tmp_path, service, capsys):
    assert run(tmp_path, service, "jinja2==2.11.2", "idna==3.20") == 1
    assert "jinja2 2.11.2: upgrade to 2.11.3 (PYSEC-2021-66, CVE-2020-28493)" in capsys.readouterr().out


def test_a_vulnerability_without_a_fix_is_listed_and_does_not_fail(tmp_path, service, capsys):
    assert run(tmp_path, service, "py==1.11.0", "jinja2==3.1.6") == 0
    shown = capsys.readouterr().out
    assert "py 1.11.0: no fix yet (PYSEC-2022-42969" in shown
    assert "2 packages audited: 0 to upgrade, 1 without a fix." in shown


def test_without_the_database_the_audit_warns_that_nothing_was_audited(tmp_path, capsys):
    assert run(tmp_path, f"http://127.0.0.1:{free_port()}/", "jinja2==2.11.2") == 0
    assert "!!! NOT AUDITED" in capsys.readouterr().out


def test_a_broken_lock_file_is_a_failure(tmp_path, service):
    assert run(tmp_path, service, "jinja2") == 2
