"""Exceptions that the rules mean, a function with a sentence each.

Decision 0012 has the smallest case of those that surprise.
"""

from editorial.policy.vocabulary import Code, Directness, Stance


def hearsay_from(case, identity, claim, stance):
    """The statements on a claim by people who have it from this identity."""
    return [
        item.id
        for item in case.statements_on[claim]
        if item.stance is stance
        and item.directness is Directness.SECOND_HAND
        and case.identity(item.informant) == identity
    ]


def is_on_the_other_side_too(case, statement):
    """If somebody who says both, as speaker or informant, takes back one side, the other counts again."""
    speaker, opposite = case.identity(statement.source), statement.stance.opposite
    other_side = [item for item in case.statements_on[statement.claim] if item.stance is opposite]
    return any(speaker in (case.identity(item.source), case.identity(item.informant)) for item in other_side)


def stood_against(statement):
    """A denial that ends no longer stands against the claim."""
    return statement.stance is Stance.DENIES


def holds_hearsay_together(result, statement):
    """Hearsay alone groups by its members, and hearsay that has ended is no ghost: without it a group may split."""
    groups = [group for side in ("independent", "against", "origins") for group in getattr(result.groups, side)]
    return any(group.judged_with_ghosts and statement.id in group.statements for group in groups)


def has_been_heard(case, identity, statement):
    """Others have it from the speaker. What he says closes a loop, breaks theirs, or is what they have it from."""
    return bool(hearsay_from(case, identity, statement.claim, statement.stance))


def gives_hearsay_a_root(case, result, identity):
    """Hearsay from the speaker that did not count, such as a closed loop, may count once the speaker has spoken."""
    return any(name not in result.counted for name in hearsay_from(case, identity, result.claim, Stance.AFFIRMS))


def speaks_apart_once_they_are_one(case, claim, one, other):
    """J3: a briefing does not join sources who also speak first-hand elsewhere, and now both do."""
    on = case.statements_on[claim]
    apart = {
        case.identity(item.source) for item in on if item.directness is Directness.FIRST_HAND and not item.briefing
    }
    return any(item.briefing for item in on) and (one in apart) != (other in apart)


def informant_has_spoken(case, claim, one, other):
    """An informant turns out to have spoken: hearsay from him now rests on his own words."""
    speakers = {case.identity(item.source) for item in case.statements_on[claim]}
    informants = {
        case.identity(item.informant) for item in case.statements_on[claim] if item.directness is Directness.SECOND_HAND
    }
    return (one in informants and other in speakers) or (other in informants and one in speakers)


def states_its_own_interest(case, statement):
    """A stated interest precedes that of a house: an employee who is recorded as gaining nothing is believed."""
    return bool(statement.benefits_if or case.sources[statement.source].benefits_if)


def is_found_without_the_embargo(before, after):
    """A denial may make the finding the same with and without what is under embargo."""
    return Code.E_EMBARGO in before.codes and Code.E_EMBARGO not in after.codes


def debunk_becomes_right(before, after):
    """A denial may refute what the copy debunks."""
    return Code.E_DEBUNK_NOT_REFUTED in before.codes and Code.E_DEBUNK_NOT_REFUTED not in after.codes


def is_no_longer_relied_on(case, denial, before, after):
    """Who affirms it and now denies it as well is no longer relied on, and needs no explanation or disclosure."""
    about_voices = {Code.C_ANON_EXPLAIN, Code.C_SAME_ORIGIN, Code.C_DISCLOSE}
    affirms = any(
        case.identity(denial.source) in (case.identity(item.source), case.identity(item.informant))
        for item in case.statements_on[denial.claim]
        if item.stance is Stance.AFFIRMS
    )
    return affirms and set(before.codes) - set(after.codes) <= about_voices


def needs_no_four_eyes(story, claim, lacking, before):
    """Four eyes are required of a signature only, so that without it their code falls away."""
    unsigned = lacking == "signed" or (lacking == "standards" and story.signoffs[claim].signed is None)
    return unsigned and Code.E_FOUR_EYES in before.codes
