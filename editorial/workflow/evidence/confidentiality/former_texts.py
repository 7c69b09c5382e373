"""Former texts of comments, as far as the reader may see them.

A comment loses a name by editing; its former text keeps it. So former texts are withheld if an unnamed source is or was
concerned, as former wordings of claims are (`disclosure.words_put`). The texts are not examined: to withhold only those
with a name would confirm guesses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from editorial.models import Claim, Comment, CommentRevision
from editorial.models.evidence import concerned_sources
from editorial.models.review.comments import seen_through
from editorial.policy import disclosure
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence.confidentiality import name_guard


class Texts(NamedTuple):
    """The texts of one comment, in order. `withheld`: only custodians and the author may see the former ones."""

    current: CommentRevision
    former: list[CommentRevision]
    withheld: bool


def texts_of(comments: Iterable[Comment], reader: ActorFacts) -> dict[UUID, Texts]:
    """Comment → its texts. The comments have their revisions prefetched, and what they are on."""
    texts, protected = {}, dict[UUID, bool]()
    for comment in comments:
        *former, current = sorted(comment.revisions.all(), key=lambda revision: revision.number)
        withheld = False
        if former and str(comment.written_by_id) != reader.id:
            target = comment.target.pk
            if target not in protected:
                protected[target] = _is_protected_from(reader, comment)
            withheld = protected[target]
        texts[comment.pk] = Texts(current, [] if withheld else former, withheld)
    return texts


def _is_protected_from(reader: ActorFacts, comment: Comment) -> bool:
    """Whether what the comment is on concerns an unnamed source that the reader is not a custodian of."""
    seen = seen_through(comment.target)
    claims = [seen.pk] if isinstance(seen, Claim) else name_guard.claims_of(seen).values_list("pk", flat=True)
    desks = {desk for kept_at in concerned_sources.desks_of_claims(claims).values() for desk in kept_at}
    return bool(desks) and not disclosure.is_custodian(reader, desks)
