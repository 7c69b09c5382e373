"""Wordings that the copy may use for a claim, by what was found. Square brackets are for the writer to fill in."""

from editorial.policy.vocabulary import FindingValue, Mode

_UNVERIFIED = "According to [source]: “{}” This could not be independently verified."
_BY_FINDING = {
    FindingValue.VERIFIED: "“{}”",
    FindingValue.REFUTED: "[The facts first.] The false claim: “{}”",
    FindingValue.DISPUTED: "[One source] says: “{}” [Another source] denies it.",
    FindingValue.SUPERSEDED: "Until [time]: “{}” Since then, [the newer facts].",
    FindingValue.UNVERIFIABLE: _UNVERIFIED,
    FindingValue.UNVERIFIED: _UNVERIFIED,
    FindingValue.UNDER_INVESTIGATION: _UNVERIFIED,
}
_ATTRIBUTED, _DENIAL = "[Source] said: “{}”", " [The party] denies it."


def suggestion(text: str, *, mode: Mode, status: FindingValue | None, contested: bool) -> str:
    """A wording for this use of a claim; empty if it should not be in the copy. `status`: None of a judgement."""
    if mode is Mode.OMITTED or status is FindingValue.WITHDRAWN:
        return ""
    if status is None or (status is FindingValue.VERIFIED and mode is Mode.ATTRIBUTED):
        template = _ATTRIBUTED
    else:
        template = _BY_FINDING[status]
    denied = contested and status is not FindingValue.DISPUTED and status is not FindingValue.REFUTED
    return template.format(text) + (_DENIAL if denied else "")
