"""Change-capture triggers: how a row change affects API representations and visibility. They fill the change log.

There is one trigger per table. They call four database functions:

- `log_change(model, ids, losing_desks)` records that objects look different, and which desks may have lost them (NULL:
  every desk).
- `refresh_claim_visibility(claims)` locks the claims and what they contain, recomputes which desks see them
  (`claim_visibility`), and logs a change of everything that is visible through them.
- `show_to_own_desk(claim)` shows a new claim to its desk.
- `desks_of_claims(claims)` returns the desks that see at least one of the claims.
"""

from __future__ import annotations

import pgtrigger
from django.db import models

from editorial.models.evidence.claims import AdverseParty, CarriedClaim, Claim, CompoundMember
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import DispositiveEvidence, Source
from editorial.models.evidence.statements import Briefing, Relay, Statement
from editorial.models.imports.imports import WireItem
from editorial.models.ops.notifications import Notification
from editorial.models.people.users import Desk, Membership
from editorial.models.review.assessments import Assessment
from editorial.models.review.comments import Comment
from editorial.models.review.policies import CorroborationPolicy
from editorial.models.review.replies import ReplyRequest, ReplyRequestClaim
from editorial.models.review.restrictions import Restriction
from editorial.models.review.signoffs import Signoff
from editorial.models.review.tasks import ReviewTask
from editorial.models.stories.corrections import Correction
from editorial.models.stories.stories import ClaimUse, Story, StoryAuthor, StoryRevision, UseEvidence


def _log_changes(model: str, *ids: str) -> str:
    """Log a change of the objects that these columns reference, before and after."""
    both = ", ".join(f"OLD.{column}, NEW.{column}" for column in ids)
    return f"PERFORM log_change('{model}', ARRAY[{both}]);"


def _log_own_change(model: str) -> str:
    return f"PERFORM log_change('{model}', ARRAY[COALESCE(NEW.id, OLD.id)]);"


_RELAY_CHANGED = """
    IF TG_OP = 'DELETE' THEN
        PERFORM log_change('relay', ARRAY[OLD.id], desks_of_claims(ARRAY(
            SELECT claim_id FROM editorial_statement WHERE id = OLD.derived_id)));
    ELSE
        PERFORM log_change('relay', ARRAY[NEW.id]);
    END IF;
"""

_STATEMENT_MOVED = """
    IF TG_OP = 'UPDATE' AND OLD.claim_id <> NEW.claim_id THEN
        PERFORM log_change('statement', ARRAY[NEW.id], desks_of_claims(ARRAY[OLD.claim_id]));
        PERFORM log_change('relay', ARRAY(SELECT id FROM editorial_relay WHERE derived_id = NEW.id),
            desks_of_claims(ARRAY[OLD.claim_id]));
        PERFORM log_change('comment', ARRAY(SELECT id FROM editorial_comment WHERE statement_id = NEW.id),
            desks_of_claims(ARRAY[OLD.claim_id]));
    END IF;
"""

# Lock out new references first: a statement recorded concurrently shows the name it was recorded under.
_SOURCE_RENAMED_OR_HIDDEN = """
    IF TG_OP = 'UPDATE' AND (OLD.name, OLD.unnamed, OLD.desk_id) IS DISTINCT FROM (NEW.name, NEW.unnamed, NEW.desk_id)
    THEN
        PERFORM 1 FROM editorial_source WHERE id = NEW.id FOR UPDATE;
        IF NEW.unnamed AND NOT OLD.unnamed THEN
            PERFORM log_change('source', ARRAY[NEW.id], ARRAY[NULL]::uuid[]);
        END IF;
        PERFORM log_change('source', ARRAY(SELECT id FROM editorial_source
            WHERE NEW.id IN (org_id, speaks_for_id, parent_id, author_id, issuer_id, merged_into_id)));
        PERFORM log_change('statement', ARRAY(SELECT id FROM editorial_statement
            WHERE source_id = NEW.id OR informant_id = NEW.id));
        PERFORM log_change('claim', ARRAY(SELECT claim_id FROM editorial_adverseparty WHERE source_id = NEW.id));
        PERFORM log_change('replyrequest', ARRAY(SELECT id FROM editorial_replyrequest WHERE to_id = NEW.id));
        PERFORM log_change('reviewtask', ARRAY(SELECT id FROM editorial_reviewtask
            WHERE subject = NEW.id::text));
        PERFORM log_change('assessment', ARRAY(SELECT a.id FROM editorial_assessment a WHERE a.claim_id IN (
            SELECT claim_id FROM editorial_statement WHERE source_id = NEW.id OR informant_id = NEW.id
            UNION SELECT compound_id FROM editorial_compoundmember JOIN editorial_statement ON claim_id = member_id
                WHERE source_id = NEW.id OR informant_id = NEW.id)));
    END IF;
"""

# Foreign keys are checked at commit. Lock the story now: one that is moving to another desk is waited for, or waits.
_USE_CHANGED = """
    IF TG_OP <> 'UPDATE' OR (OLD.claim_id, OLD.story_id) IS DISTINCT FROM (NEW.claim_id, NEW.story_id) THEN
        PERFORM 1 FROM editorial_story WHERE id IN (OLD.story_id, NEW.story_id) ORDER BY id FOR KEY SHARE;
        PERFORM refresh_claim_visibility(ARRAY[OLD.claim_id, NEW.claim_id]);
    END IF;
"""

# Likewise, a story that begins to use the compound at the same time is waited for, or waits.
_MEMBER_CHANGED = """
    PERFORM 1 FROM editorial_claim WHERE id IN (OLD.compound_id, NEW.compound_id) ORDER BY id FOR KEY SHARE;
    PERFORM refresh_claim_visibility(ARRAY[OLD.member_id, NEW.member_id]);
"""

_CARRIED_CHANGED = """
    PERFORM 1 FROM editorial_claim WHERE id IN (OLD.utterance_id, NEW.utterance_id) ORDER BY id FOR KEY SHARE;
    PERFORM refresh_claim_visibility(ARRAY[OLD.carried_id, NEW.carried_id]);
"""

_CLAIM_MOVED = """
    IF TG_OP = 'INSERT' THEN
        PERFORM show_to_own_desk(NEW.id);
    ELSIF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN
        PERFORM refresh_claim_visibility(ARRAY[NEW.id]);
    END IF;
"""

# Lock out new references first: a claim used concurrently is found here, or sees the new desk.
_STORY_MOVED = """
    IF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN
        PERFORM 1 FROM editorial_story WHERE id = NEW.id FOR UPDATE;
        PERFORM log_change('story', ARRAY[NEW.id], ARRAY[OLD.desk_id]);
        PERFORM log_change('comment', ARRAY(SELECT id FROM editorial_comment WHERE story_id = NEW.id),
            ARRAY[OLD.desk_id]);
        PERFORM refresh_claim_visibility(ARRAY(SELECT claim_id FROM editorial_claimuse WHERE story_id = NEW.id));
    END IF;
"""

_REPLY_REQUEST_CLAIM_CHANGED = """
    PERFORM log_change('replyrequest', ARRAY[OLD.request_id, NEW.request_id],
        CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE desks_of_claims(ARRAY[OLD.claim_id]) END);
"""

# Whatever changes who sees the claim or the story waits for a comment that is not committed, or is waited for.
_COMMENT_CHANGED = """
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM editorial_story WHERE id = NEW.story_id FOR KEY SHARE;
        PERFORM 1 FROM editorial_claim WHERE id IN (
            SELECT NEW.claim_id UNION SELECT claim_id FROM editorial_statement WHERE id = NEW.statement_id
            UNION SELECT claim_id FROM editorial_reviewtask WHERE id = NEW.task_id) FOR KEY SHARE;
    END IF;
"""

_USE_EVIDENCE_CHANGED = """
    PERFORM log_change('story', ARRAY(
        SELECT story_id FROM editorial_claimuse WHERE id IN (OLD.use_id, NEW.use_id)));
"""

CHANGE_TRIGGERS: dict[type[models.Model], tuple[str, ...]] = {
    Story: (_log_own_change("story"), _STORY_MOVED),
    StoryAuthor: (_log_changes("story", "story_id"),),
    StoryRevision: (_log_changes("story", "story_id"),),
    Correction: (_log_changes("story", "story_id"),),
    WireItem: (_log_changes("story", "story_id"),),
    UseEvidence: (_USE_EVIDENCE_CHANGED,),
    ClaimUse: (_log_changes("story", "story_id"), _USE_CHANGED),
    Claim: (_log_own_change("claim"), _CLAIM_MOVED),
    CompoundMember: (_log_changes("claim", "compound_id", "member_id"), _MEMBER_CHANGED),
    CarriedClaim: (_log_changes("claim", "utterance_id"), _CARRIED_CHANGED),
    AdverseParty: (_log_changes("claim", "claim_id"),),
    Restriction: (_log_changes("claim", "claim_id"), _log_changes("story", "story_id")),
    Assessment: (_log_own_change("assessment"),),
    Source: (_log_own_change("source"), _SOURCE_RENAMED_OR_HIDDEN),
    DispositiveEvidence: (_log_changes("source", "source_id"),),
    Statement: (_log_own_change("statement"), _STATEMENT_MOVED),
    Relay: (_log_changes("statement", "derived_id"), _RELAY_CHANGED),
    Briefing: (_log_own_change("briefing"),),
    Exhibit: (_log_own_change("exhibit"),),
    ReplyRequest: (_log_own_change("replyrequest"),),
    ReplyRequestClaim: (_REPLY_REQUEST_CLAIM_CHANGED,),
    ReviewTask: (_log_own_change("reviewtask"),),
    Signoff: (_log_own_change("signoff"),),
    Comment: (_COMMENT_CHANGED, _log_own_change("comment")),
    CorroborationPolicy: (_log_own_change("corroborationpolicy"),),
    Desk: (_log_own_change("desk"),),
    Membership: (_log_changes("desk", "desk_id"),),
    Notification: (_log_own_change("notification"),),
}

_SKIP_UNCHANGED = "IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;"

for _model, _statements in CHANGE_TRIGGERS.items():
    pgtrigger.register(
        pgtrigger.Trigger(
            name="log_change",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func="\n".join((_SKIP_UNCHANGED, *_statements, "RETURN NULL;")),
        )
    )(_model)
