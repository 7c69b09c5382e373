"""Restrictions forbid publishing a claim whether or not it is true (Verification, section 5)."""

from collections.abc import Collection

from editorial.policy.facts import CaseFacts, ClaimFacts


def forbids(case: CaseFacts, claim: ClaimFacts, used: Collection[str]) -> bool:
    """Whether a restriction bars the use of a claim by a story that uses these claims.

    It bars the claim, a compound of it, and the parts of a restricted compound if the story uses them all.
    """
    concerned = {claim.id, *claim.parts}
    if any(is_restricted(case, name) for name in concerned):
        return True
    printed = {member for name in used for member in (name, *case.claims[name].parts)}
    compounds = {name for member in concerned for name in case.compounds_of.get(member, ())}
    return any(is_restricted(case, name) and printed.issuperset(case.claims[name].parts) for name in compounds)


def is_restricted(case: CaseFacts, claim_id: str) -> bool:
    """Whether a restriction of this claim itself is in force."""
    return any(restriction.is_in_force(case.now) for restriction in case.claims[claim_id].restrictions)
