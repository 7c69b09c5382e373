"""What a verified claim hangs on: every identity whose change of heart would bring it down (section 3)."""

from editorial.policy.vocabulary import FindingValue
from editorial.policy.weighing import Weighing


def hangs_on(weighing: Weighing) -> tuple[str, ...]:
    """Brute force, for now the measure of the real thing."""
    if weighing.finding is not FindingValue.VERIFIED:
        return ()
    evidence = weighing.evidence
    identities = {*evidence.speaker.values(), *(evidence.case.identity(s.id) for s in evidence.informant.values())}
    return tuple(sorted(i for i in identities if falls(weighing, i)))


def falls(weighing: Weighing, identity: str) -> bool:
    """Whether the finding changes once an identity's words, and those heard from it, are withdrawn."""
    evidence = weighing.evidence
    rest = evidence.without(lambda s: identity in (evidence.speaker[s.id], evidence.heard_from(s.id)))
    return Weighing(rest, weighing.policy).finding is not FindingValue.VERIFIED
