"""Jobs that harm their worker: assessments of claims whose text begins with the name of a poison."""

from import_patch import patch_on_import


def _kills():
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def _hangs():
    import time

    time.sleep(3600)


def _hangs_for_good():
    """Like a call into a library that never returns to Python: no exception reaches it."""
    import contextlib
    import time

    while True:
        with contextlib.suppress(BaseException):
            time.sleep(3600)


def _eats():
    eaten = []
    while True:
        eaten.append(bytearray(8 * 1024 * 1024))


_POISONS = {"kills": _kills, "hangs": _hangs, "stays": _hangs_for_good, "eats": _eats}


def _change(assessments):
    from editorial.models import Claim

    reassess = assessments._reassess

    def poisoned(claim_ids, now):
        for text in Claim.objects.filter(pk__in=claim_ids).values_list("text", flat=True):
            poison = _POISONS.get(text.split()[0])
            if poison:
                poison()
        return reassess(claim_ids, now)

    assessments._reassess = poisoned


patch_on_import("editorial.workflow.review.assessments", _change)
