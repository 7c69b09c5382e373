"""To publish that somebody said something is to publish what they said (Verification, section 5)."""

from collections.abc import Iterator, Mapping

from editorial.policy.facts import CaseFacts, ClaimUseFacts, StoryFacts
from editorial.policy.vocabulary import Mode

_CARRYING_MODES = (Mode.ASSERTED, Mode.ATTRIBUTED)


def with_carried(case: CaseFacts, story: StoryFacts) -> dict[str, ClaimUseFacts]:
    """The uses of a story, plus each claim that a used utterance carries, as attributed unless it is used itself."""
    complete = dict(story.uses)
    following = [name for name, use in story.uses.items() if use.mode in _CARRYING_MODES]
    while following:
        for name in carried_by(case, following.pop()):
            use = complete.get(name)
            if use is None or use.mode is Mode.OMITTED:
                count = use.stated_source_count if use else story.stated_source_counts.get(name)
                complete[name] = ClaimUseFacts(mode=Mode.ATTRIBUTED, central=False, stated_source_count=count)
                following.append(name)
    return complete


def carried_by(case: CaseFacts, claim_id: str) -> Iterator[str]:
    """The claims that an utterance carries, or the utterances among a compound's parts."""
    for name in (claim_id, *case.claims[claim_id].parts):
        yield from case.claims[name].carries


def carriers(case: CaseFacts, uses: Mapping[str, ClaimUseFacts]) -> dict[str, list[str]]:
    """Claim id → the utterances that carry it into the story, given all its uses, with those that are carried."""
    found: dict[str, dict[str, None]] = {}
    for claim_id, use in uses.items():
        if use.mode in _CARRYING_MODES:
            for name in (claim_id, *case.claims[claim_id].parts):
                for carried in case.claims[name].carries:
                    found.setdefault(carried, {})[name] = None
    return {claim_id: list(names) for claim_id, names in found.items()}
