"""Assessments of claims whose text begins with "takes long" do so; each records its start and its process."""

from import_patch import patch_on_import


def _change(assessments):
    import os
    import time

    from editorial.models import Claim

    reassess = assessments.reassess

    def slowly(*, claim_id, now):
        if Claim.objects.get(pk=claim_id).text.startswith("takes long"):
            with open(os.path.join(os.environ["NEWSROOM_DATA"], "begun"), "a") as file:
                file.write(f"{claim_id} {os.getpid()} {os.getppid()} {time.time()}\n")
            time.sleep(float(os.environ["CHAOS_LONG"]))
        return reassess(claim_id=claim_id, now=now)

    assessments.reassess = slowly


patch_on_import("editorial.workflow.review.assessments", _change)
