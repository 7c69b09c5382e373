"""Assessments of claims whose text begins with "takes long" do so; each records its start and its process."""

from import_patch import patch_on_import


def _change(assessments):
    import os
    import time

    from editorial.models import Claim

    reassess = assessments._reassess

    def slowly(claim_ids, now):
        for claim in Claim.objects.filter(pk__in=claim_ids, text__startswith="takes long"):
            with open(os.path.join(os.environ["NEWSROOM_DATA"], "begun"), "a") as file:
                file.write(f"{claim.pk} {os.getpid()} {os.getppid()} {time.time()}\n")
            time.sleep(float(os.environ["CHAOS_LONG"]))
        return reassess(claim_ids, now)

    assessments._reassess = slowly


patch_on_import("editorial.workflow.review.assessments", _change)
