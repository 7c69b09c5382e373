"""What a change of one row does to how others look, and who sees them: the table behind `changes`.

One trigger a table. `editorial_touch(noun, ids, desks)` notes that these objects look different, and that these desks
may have lost them (NULL: the whole house); `editorial_reach(claims)` finds out which desks see these claims and their
parts, once nobody else is at them, writes it down (`sights`), and notes all that is seen through them, and for which
desks it is gone; `editorial_desks(claims)` are the desks that see one of them.
"""

from __future__ import annotations

import pgtrigger
from django.db import models

from editorial.models.evidence.claims import AdverseParty, Claim, ClaimPart
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import AuthorityOver, Source
from editorial.models.evidence.statements import Briefing, Relay, Statement
from editorial.models.imports.imports import Original
from editorial.models.ops.notifications import Notification
from editorial.models.people.users import Desk, Membership
from editorial.models.review.assessments import Assessment
from editorial.models.review.policies import Policy
from editorial.models.review.replies import ReplyCover, ReplyRequest
from editorial.models.review.signoffs import Signoff
from editorial.models.review.tasks import ReviewTask
from editorial.models.stories.corrections import Correction
from editorial.models.stories.stories import ClaimUse, Reliance, Story, StoryAuthor, StoryRevision


def _looks(noun: str, *ids: str) -> str:
    """These objects look different: rows named by a column, before and after."""
    both = ", ".join(f"OLD.{column}, NEW.{column}" for column in ids)
    return f"PERFORM editorial_touch('{noun}', ARRAY[{both}]);"


def _own(noun: str) -> str:
    return f"PERFORM editorial_touch('{noun}', ARRAY[COALESCE(NEW.id, OLD.id)]);"


_RELAY = """
    IF TG_OP = 'DELETE' THEN
        PERFORM editorial_touch('relay', ARRAY[OLD.id], editorial_desks(ARRAY(
            SELECT claim_id FROM editorial_statement WHERE id = OLD.derived_id)));
    ELSE
        PERFORM editorial_touch('relay', ARRAY[NEW.id]);
    END IF;
"""

_STATEMENT_MOVES = """
    IF TG_OP = 'UPDATE' AND OLD.claim_id <> NEW.claim_id THEN
        PERFORM editorial_touch('statement', ARRAY[NEW.id], editorial_desks(ARRAY[OLD.claim_id]));
        PERFORM editorial_touch('relay', ARRAY(SELECT id FROM editorial_relay WHERE derived_id = NEW.id),
            editorial_desks(ARRAY[OLD.claim_id]));
    END IF;
"""

# Locked against new references first: a statement recorded at this moment shows the name that it was recorded under.
_SOURCE_IS_SHOWN = """
    IF TG_OP = 'UPDATE' AND (OLD.name, OLD.unnamed, OLD.desk_id) IS DISTINCT FROM (NEW.name, NEW.unnamed, NEW.desk_id)
    THEN
        PERFORM 1 FROM editorial_source WHERE id = NEW.id FOR UPDATE;
        IF NEW.unnamed AND NOT OLD.unnamed THEN
            PERFORM editorial_touch('source', ARRAY[NEW.id], ARRAY[NULL]::uuid[]);
        END IF;
        PERFORM editorial_touch('source', ARRAY(SELECT id FROM editorial_source
            WHERE NEW.id IN (org_id, speaks_for_id, parent_id, author_id, issuer_id, merged_into_id)));
        PERFORM editorial_touch('statement', ARRAY(SELECT id FROM editorial_statement
            WHERE source_id = NEW.id OR informant_id = NEW.id));
        PERFORM editorial_touch('claim', ARRAY(SELECT claim_id FROM editorial_adverseparty WHERE source_id = NEW.id));
        PERFORM editorial_touch('replyrequest', ARRAY(SELECT id FROM editorial_replyrequest WHERE to_id = NEW.id));
        PERFORM editorial_touch('reviewtask', ARRAY(SELECT id FROM editorial_reviewtask
            WHERE subject = NEW.id::text));
        PERFORM editorial_touch('assessment', ARRAY(SELECT a.id FROM editorial_assessment a WHERE a.claim_id IN (
            SELECT claim_id FROM editorial_statement WHERE source_id = NEW.id OR informant_id = NEW.id
            UNION SELECT whole_id FROM editorial_claimpart JOIN editorial_statement ON claim_id = part_id
                WHERE source_id = NEW.id OR informant_id = NEW.id)));
    END IF;
"""

_A_STORY_SEES = """
    IF TG_OP <> 'UPDATE' OR (OLD.claim_id, OLD.story_id) IS DISTINCT FROM (NEW.claim_id, NEW.story_id) THEN
        PERFORM editorial_reach(ARRAY[OLD.claim_id, NEW.claim_id]);
    END IF;
"""

_A_WHOLE_SHOWS = "PERFORM editorial_reach(ARRAY[OLD.part_id, NEW.part_id]);"

_A_CLAIM_MOVES = """
    IF TG_OP = 'INSERT' THEN
        INSERT INTO editorial_sight (claim_id, desk_id) VALUES (NEW.id, NEW.desk_id);
    ELSIF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN
        PERFORM editorial_reach(ARRAY[NEW.id]);
    END IF;
"""

# Locked against new references first: a claim that it begins to use at this moment is found, or finds the new desk.
_A_STORY_MOVES = """
    IF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN
        PERFORM 1 FROM editorial_story WHERE id = NEW.id FOR UPDATE;
        PERFORM editorial_touch('story', ARRAY[NEW.id], ARRAY[OLD.desk_id]);
        PERFORM editorial_reach(ARRAY(SELECT claim_id FROM editorial_claimuse WHERE story_id = NEW.id));
    END IF;
"""

_A_REQUEST_COVERS = """
    PERFORM editorial_touch('replyrequest', ARRAY[OLD.request_id, NEW.request_id],
        CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE editorial_desks(ARRAY[OLD.claim_id]) END);
"""

_LEANS_ON = """
    PERFORM editorial_touch('story', ARRAY(
        SELECT story_id FROM editorial_claimuse WHERE id IN (OLD.use_id, NEW.use_id)));
"""

TOUCHES: dict[type[models.Model], tuple[str, ...]] = {
    Story: (_own("story"), _A_STORY_MOVES),
    StoryAuthor: (_looks("story", "story_id"),),
    StoryRevision: (_looks("story", "story_id"),),
    Correction: (_looks("story", "story_id"),),
    Original: (_looks("story", "story_id"),),
    Reliance: (_LEANS_ON,),
    ClaimUse: (_looks("story", "story_id"), _A_STORY_SEES),
    Claim: (_own("claim"), _A_CLAIM_MOVES),
    ClaimPart: (_looks("claim", "whole_id", "part_id"), _A_WHOLE_SHOWS),
    AdverseParty: (_looks("claim", "claim_id"),),
    Assessment: (_own("assessment"),),
    Source: (_own("source"), _SOURCE_IS_SHOWN),
    AuthorityOver: (_looks("source", "source_id"),),
    Statement: (_own("statement"), _STATEMENT_MOVES),
    Relay: (_looks("statement", "derived_id"), _RELAY),
    Briefing: (_own("briefing"),),
    Exhibit: (_own("exhibit"),),
    ReplyRequest: (_own("replyrequest"),),
    ReplyCover: (_A_REQUEST_COVERS,),
    ReviewTask: (_own("reviewtask"),),
    Signoff: (_own("signoff"),),
    Policy: (_own("policy"),),
    Desk: (_own("desk"),),
    Membership: (_looks("desk", "desk_id"),),
    Notification: (_own("notification"),),
}

_SAME = "IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;"

for _model, _touched in TOUCHES.items():
    pgtrigger.register(
        pgtrigger.Trigger(
            name="change_is_noted",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func="\n".join((_SAME, *_touched, "RETURN NULL;")),
        )
    )(_model)
