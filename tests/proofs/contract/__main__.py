"""`python -m tests.proofs.contract`: compare the API with its description. Exit code 1 if they disagree."""

from __future__ import annotations

import argparse
import os
import sys

from tests.proofs.contract import runner
from tests.support.servers import temporary_folder


def main() -> int:
    """Run with the options of the command line, or the environment."""
    parser = argparse.ArgumentParser(prog="make contract", description=__doc__)
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES") or 5))
    parser.add_argument("--examples", type=int, default=int(os.environ.get("EXAMPLES") or 20))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or 1))
    parser.add_argument("arguments", nargs="*", help="for schemathesis, such as --include-tag=claims")
    options = parser.parse_args()
    plan = runner.ContractPlan(seconds=options.minutes * 60, examples=options.examples, seed=options.seed)
    with temporary_folder("newsroom-contract-") as folder:
        outcome = runner.run(folder, plan, *options.arguments)
    sys.stdout.write(f"{outcome.output}\n{outcome.tally}\n")
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
