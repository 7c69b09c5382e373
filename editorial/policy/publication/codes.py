"""What each code of the gate objects to and what to do about it, in plain words (Verification, section 5)."""

from editorial.policy.vocabulary import Code

EXPLANATIONS: dict[Code, str] = {
    Code.E_EMBARGO: "The claim rests on words under embargo. Wait until it ends, or find the same without them.",
    Code.E_LEVEL: "The copy leans on words given off the record or on deep background. Take them out, or ask the "
    "source to be on the record or on background.",
    Code.E_IDENTITY_UNKNOWN: "The copy leans on an unnamed source whom no editor knows. Have an editor meet the "
    "source, or take the words out.",
    Code.E_REFUTED: "The claim is refuted. Take it out, or debunk it.",
    Code.E_WITHDRAWN: "Nobody stands behind the claim, or the copy leans on words that were taken back. Take it "
    "out, or find somebody who stands by it.",
    Code.E_FALSE_DECLINE: "The copy would say that somebody did not comment who is one of our unnamed sources. "
    "Leave that sentence out, or speak to the source about being named.",
    Code.E_FOUR_EYES: "Whoever approved the finding also wrote the story, collected its evidence or proposed it. "
    "Have another editor approve it.",
    Code.E_ASSERTED_UNVERIFIED: "The copy states as a fact what is not verified and signed, or is an opinion. "
    "Attribute it, or get it verified and signed.",
    Code.E_DEBUNK_NOT_REFUTED: "The copy calls false what is not refuted and signed. Wait for that, or report the "
    "claim as what somebody says.",
    Code.E_NO_ORIGIN: "There is nobody to whom the claim can be attributed. Find an origin that may be described, "
    "or leave the claim out.",
    Code.E_SOURCE_COUNT: "The copy says that it has more people than it relies on. Correct the number.",
    Code.E_REPLY_NOT_SENT: "A party whom the claim accuses was not asked about it. Send a request for a reply.",
    Code.E_REPLY_PENDING: "A party still has time to answer. Wait for the answer or the deadline.",
    Code.E_REPLY_WINDOW: "A party was given too little time. Ask again with the full window, or write down why "
    "it had to be short.",
    Code.E_LEGAL: "A claim of this risk needs a lawyer's read. Ask for one.",
    Code.E_SIGNOFF: "A claim of this risk that is not verified needs a standards editor's agreement, even "
    "attributed. Ask for it.",
    Code.C_ATTRIBUTE: "Say in the copy who says so.",
    Code.C_NOT_VERIFIED: "Say in the copy that this could not be verified independently.",
    Code.C_INCLUDE_DENIAL: "Carry the denial beside the claim.",
    Code.C_LEAD_WITH_FACT: "Put the true state of affairs first, then what was said falsely.",
    Code.C_ANON_EXPLAIN: "Explain in the copy why a source is not named and how it knows.",
    Code.C_SAME_ORIGIN: "Do not present unnamed sources from one origin as separate confirmations.",
    Code.C_REPLY_OUTCOME: "Say in the copy what the party answered, or that it declined or did not answer.",
}


def explain(code: Code) -> str:
    """What the code objects to and what to do about it."""
    return EXPLANATIONS[code]
