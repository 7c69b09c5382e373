"""Which scope of a token an operation needs, for the description. What is refused, policy refuses."""

from __future__ import annotations

from typing import Any

from editorial.policy.actions import SCOPE_OF, Scope, Verb

# Operations that are not called after their verb in policy.
_OTHERWISE_CALLED: dict[str, Verb] = {
    "cases_file": Verb.CLAIM_FILE,
    "claims_propose": Verb.SIGNOFF_PROPOSE,
    "claims_read_legal": Verb.SIGNOFF_READ_LEGAL,
    "claims_read_standards": Verb.SIGNOFF_READ_STANDARDS,
    "notifications_mark_read": Verb.SEE,
    "relays_relay": Verb.STATEMENT_RELAY,
    "relays_unrelay": Verb.STATEMENT_RELAY,
    "reply_requests_answer": Verb.REPLY_ANSWER,
    "reply_requests_send": Verb.REPLY_SEND,
    "reply_requests_waive": Verb.REPLY_WAIVE,
    "reviews_take_next": Verb.REVIEW_TAKE,
    "statements_move": Verb.STATEMENT_REVISE,
    "subscriptions_follow": Verb.SEE,
    "subscriptions_unfollow": Verb.SEE,
}
_NEEDS_NONE = {"tokens_create", "tokens_give_up", "me_show"}


def needed(operation: str, method: str) -> Scope | None:
    """The scope that a token needs for an operation; None if every token will do, or none is needed."""
    if operation in _NEEDS_NONE:
        return None
    if method == "get":
        return Scope.READ
    noun, _, verb = operation.partition("_")
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
    return SCOPE_OF[_OTHERWISE_CALLED.get(operation) or Verb(f"{singular}.{verb}")]


def tell_scopes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation which scope it needs: in words, and as OpenAPI 3.1 has it."""
    for path in result["paths"].values():
        for method, operation in path.items():
            scope = needed(operation["operationId"], method)
            if scope is not None:
                operation["description"] += f"\n\nNeeds the scope `{scope}`."
                operation["security"] = [{name: [scope.value]} if name == "token" else {name: []}
                                         for each in operation["security"] for name in each]  # fmt: skip
    return result
