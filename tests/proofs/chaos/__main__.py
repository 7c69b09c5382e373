"""`python -m tests.proofs.chaos`: one run. Exit code 1 if anything was lost, duplicated, stuck or broken."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.proofs.chaos import runner, system
from tests.proofs.chaos.history import History
from tests.proofs.chaos.mail_server import email_new_tasks_immediately, mail_server
from tests.proofs.chaos.webhook_receiver import WebhookEndpointServer, subscribe, webhook_receiver
from tests.support.servers import temporary_folder

_BACKLOG_RATE = 5  # claims per second


def main() -> int:
    """Run with the options of the command line."""
    options = _options()
    signal.signal(signal.SIGTERM, _stop)
    plan = runner.RunPlan(
        seed=options.seed,
        seconds=options.minutes * 60,
        claims=options.claims or round(options.minutes * 60),
        fault=options.fault,
        faults=not options.calm,
    )
    say(f"Seed {plan.seed}: {plan.claims} claims in {plan.seconds:.0f} s. Again: make chaos SEED={plan.seed}")
    with temporary_folder("newsroom-chaos-") as folder:
        history = History(folder / "history.jsonl")
        with mail_server(history) as mail, webhook_receiver(history, plan.seed) as taking:
            variables = system.environment(folder, port=system.free_port(), mail=mail, fault=plan.fault)
            if (
                plan.claims > _BACKLOG_RATE * plan.seconds
            ):  # messages that wait in a full queue are not to be dispatched again
                variables["OUTBOX_REDISPATCH_SECONDS"] = str(3 * system.REDISPATCH_AFTER)
            os.environ.update({name: value for name, value in variables.items() if name != "CHAOS_FAULTS"})
            _set_up_django()
            try:
                return _run(plan, history, folder, variables, taking, all_of_them=options.all)
            finally:
                if options.keep:
                    shutil.copytree(folder / "logs", options.keep / "logs", dirs_exist_ok=True)
                    shutil.copy(history.path, options.keep)


def _run(
    plan: runner.RunPlan,
    history: History,
    folder: Path,
    variables: dict[str, str],
    taking: WebhookEndpointServer,
    *,
    all_of_them: bool,
) -> int:
    with system.running_system(folder, variables, history) as opened:
        subscribe(taking, "politics")
        email_new_tasks_immediately()
        runner.run(plan, history, opened, say)
        from tests.proofs.chaos.checker import check

        verdict = check(history)
    for name, figure in verdict.figures.items():
        print(f"  {name}: {json.dumps(figure, ensure_ascii=False)}")  # noqa: T201
    for kind, faults in verdict.violations.items():
        print(f"{kind}: {len(faults)}")  # noqa: T201
        for fault in faults[: None if all_of_them else 10]:
            print(f"  {fault}")  # noqa: T201
    print(f"Seed {plan.seed}: {'nothing lost, nothing twice.' if verdict.passed else 'it does not hold.'}")  # noqa: T201
    return 0 if verdict.passed else 1


def say(text: str) -> None:
    """Print a line for the operator."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _options() -> argparse.Namespace:
    """Options from the command line, or from the variables of `make chaos`."""
    variable = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(variable("SEED") or random.randrange(10_000)))  # noqa: S311
    parser.add_argument("--minutes", type=float, default=float(variable("MINUTES") or 1))
    parser.add_argument("--claims", type=int, default=int(variable("CLAIMS") or 0), help="60 a minute, unless stated")
    parser.add_argument("--fault", default="", help="a fault to inject, one of tests/proofs/chaos/injected_faults")
    parser.add_argument("--calm", action="store_true", help="kill nothing")
    parser.add_argument("--all", action="store_true", help="tell every disagreement, not the first ten of a kind")
    parser.add_argument("--keep", type=Path, help="a folder for the logs and the history")
    return parser.parse_args()


def _set_up_django() -> None:
    import django

    django.setup()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main())
