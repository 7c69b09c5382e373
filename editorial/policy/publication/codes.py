"""Explanations of the gate's codes: what is wrong and what to do (Verification, section 5)."""

from editorial.policy.vocabulary import Code

EXPLANATIONS: dict[Code, str] = {
    Code.E_RESTRICTED: "A restriction forbids publishing this, whether or not it is true. Take it out, or wait until "
    "the restriction ends or a lawyer or editor lifts it.",
    Code.E_EMBARGO: "The claim rests on an embargoed statement. Wait until the embargo ends, or find other evidence.",
    Code.E_LEVEL: "The copy relies on a statement off the record or on deep background. Take it out, or ask the source "
    "to go on the record or on background.",
    Code.E_IDENTITY_UNKNOWN: "The copy relies on an unnamed source whose identity no editor knows. Have an editor "
    "vouch for the source, or take the statement out.",
    Code.E_REFUTED: "The claim is refuted. Take it out, or debunk it.",
    Code.E_WITHDRAWN: "No source stands by the claim, or the copy relies on a withdrawn statement. Take it out, or "
    "find a source who stands by it.",
    Code.E_FALSE_DECLINE: "A party recorded as not commenting is one of our unnamed sources, so the copy must not say "
    "that it did not comment. Leave that sentence out, or ask the source to be named.",
    Code.E_FOUR_EYES: "The approver of the finding also wrote the story, collected its evidence or proposed it. "
    "Have another editor approve it.",
    Code.E_SUPERSEDED: "Newer facts have replaced the claim. Use the newer claim, or say until when this one was true.",
    Code.E_ASSERTED_UNVERIFIED: "The copy states as fact an opinion, a forecast, or a claim that is not verified and "
    "signed. Attribute it, or get it verified and signed.",
    Code.E_ANON_OPINION: "The copy passes on the opinion of an unnamed source. Take it out, or ask the source to be "
    "named.",
    Code.E_DEBUNK_NOT_REFUTED: "The copy debunks a claim that is not refuted and signed. Wait for the signature, or "
    "attribute the claim.",
    Code.E_NO_ORIGIN: "The claim cannot be attributed to any source. Find a source that may be named or described, or "
    "leave the claim out.",
    Code.E_SOURCE_COUNT: "The copy claims more sources than it relies on. Correct the number.",
    Code.E_REPLY_NOT_SENT: "A party that the claim accuses was not asked for comment. Send a request.",
    Code.E_REPLY_PENDING: "A party still has time to comment. Wait for the comment or the deadline.",
    Code.E_REPLY_WINDOW: "A party had too little time to comment. Ask again with the full window, or record why it had "
    "to be short.",
    Code.E_LEGAL: "A claim of this risk needs a legal review. Ask for one.",
    Code.E_SIGNOFF: "An unverified claim of this risk needs a standards review, even if attributed. Ask for one.",
    Code.C_ATTRIBUTE: "Attribute the claim in the copy.",
    Code.C_NOT_VERIFIED: "Say in the copy that this could not be independently verified.",
    Code.C_INCLUDE_DENIAL: "Include the denial next to the claim.",
    Code.C_LEAD_WITH_FACT: "Lead with the facts, then report the false claim.",
    Code.C_CONTEXT: "The claim misleads on its own. Add its context next to it.",
    Code.C_ANON_EXPLAIN: "Explain in the copy why a source is not named and how it knows.",
    Code.C_SAME_ORIGIN: "Do not present unnamed sources from one origin as separate confirmations.",
    Code.C_DISCLOSE: "A source was paid for its statement. Disclose it in the copy.",
    Code.C_REPLY_OUTCOME: "Report in the copy what the party said, or that it declined to comment or did not respond.",
}

ASK_CUSTODIAN = (
    "A party did not comment, and an unnamed source has made a statement on this claim. Have a custodian check it "
    "before the copy says that the party did not comment."
)
"""What everybody reads in that case, whether or not they are one person: only custodians read `E_FALSE_DECLINE`."""


def public_name(code: str) -> str:
    """The code as shown in the record and to everybody but custodians."""
    return "ASK_CUSTODIAN" if code == Code.E_FALSE_DECLINE else code


def explain(code: Code) -> str:
    """What is wrong and what to do."""
    return EXPLANATIONS[code]
