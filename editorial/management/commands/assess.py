"""`manage.py assess FILE.yaml …`: evaluates the policy on scenario files. Needs no database."""

import io
import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from editorial.management.scenarios import expectations, reader, results
from editorial.management.scenarios.yaml_loader import ScenarioError
from editorial.policy.verification import thresholds

EXIT_OK, EXIT_DIFFERENT, EXIT_INVALID = 0, 1, 2


class Command(BaseCommand):
    """Reads scenarios and prints one JSON object per line for each. Exits with 2 if a file is invalid."""

    help = (
        "Assess scenario files and print one JSON object per line for each scenario. "
        "With --expect, print only differences from the expected findings, and exit with 1 if there are any. "
        "An invalid file is reported, and the exit status is 2."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.yaml", help="scenario files to assess")
        parser.add_argument("--expect", action="store_true", help="print only differences from the expected findings")

    def handle(self, *, files: list[Path], expect: bool, **options: Any) -> None:
        """Assess every file; exit with the highest status."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            statuses = [self.compare(path) if expect else self.print_results(path) for path in files]
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader of the output went away; flushing the rest must not raise again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            statuses = [EXIT_OK]
        if max(statuses):
            sys.exit(max(statuses))

    def print_results(self, path: Path) -> int:
        """Print the results of each scenario in a file."""
        try:
            for scenario in reader.read(path):
                self.stdout.write(json.dumps(results.evaluate(scenario, thresholds.default_policy())))
        except ScenarioError as error:
            return self.report_invalid(path, error)
        return EXIT_OK

    def compare(self, path: Path) -> int:
        """Print the differences between results and expectations."""
        try:
            scenarios = reader.read(path)
        except ScenarioError as error:
            return self.report_invalid(path, error)
        differing = 0
        for scenario in scenarios:
            answer = results.evaluate(scenario, thresholds.default_policy())
            for line in expectations.differences(scenario.expect, answer):
                differing += 1
                self.stdout.write(f"{display_name(path)}: {scenario.id}: {line}")
        return EXIT_DIFFERENT if differing else EXIT_OK

    def report_invalid(self, path: Path, error: ScenarioError) -> int:
        self.stderr.write(f"{display_name(path)}: {error}")
        return EXIT_INVALID


def display_name(path: Path) -> str:
    """The file's name with characters that every terminal can show."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
