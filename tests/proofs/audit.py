"""Audit the locked packages for known vulnerabilities: `make audit`.

A vulnerability fails the audit if a version without it exists. One without a fix is listed and does not fail. Without
access to the vulnerability database the audit prints a warning and passes, because a build must not depend on an
external service.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

OSV = "https://api.osv.dev/v1/query"
_UNREACHABLE = re.compile(r"ConnectionError|ConnectTimeout|ReadTimeout|ServiceError|Could not connect")


def main(arguments: list[str] | None = None) -> int:
    """Audit and report; the exit code is 1 if a package must be upgraded."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lock", type=Path, nargs="?", default=Path("requirements-dev.lock"))
    options.add_argument("--service", default=OSV, help="URL of the vulnerability database (OSV API)")
    given = options.parse_args(arguments)
    command = [
        str(Path(sys.executable).with_name("pip-audit")), "--requirement", str(given.lock), "--require-hashes",
        "--disable-pip", "--vulnerability-service", "osv", "--osv-url", given.service, "--format", "json",
        "--progress-spinner", "off",
    ]  # fmt: skip
    audit = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        report = json.loads(audit.stdout)
    except ValueError:
        if _UNREACHABLE.search(audit.stderr):
            _say(f"!!! NOT AUDITED: {given.service} does not answer. Run `make audit` where it can be reached. !!!")
            return 0
        sys.stderr.write(audit.stderr)
        return 2
    return _report(report["dependencies"])


def _report(packages: list[dict[str, Any]]) -> int:
    found = [(package, problem) for package in packages for problem in package.get("vulns", ())]
    for package, problem in found:
        fixes = problem["fix_versions"]
        remedy = f"upgrade to {' or '.join(fixes)}" if fixes else "no fix yet"
        names = ", ".join([problem["id"], *problem["aliases"]])
        _say(f"{package['name']} {package['version']}: {remedy} ({names})")
    fixable = sum(bool(problem["fix_versions"]) for _, problem in found)
    _say(f"{len(packages)} packages audited: {fixable} to upgrade, {len(found) - fixable} without a fix.")
    return 1 if fixable else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
