"""Which scope of a token an operation needs, for the description. What is refused, policy refuses."""

from __future__ import annotations

from typing import Any

from editorial.policy.actions import SCOPE_OF, Action, Scope

# Operations that are not called after their verb in policy.
_ACTION_BY_OPERATION: dict[str, Action] = {
    "cases_create": Action.CLAIM_FILE,
    "claims_propose": Action.SIGNOFF_PROPOSE,
    "claims_read_legal": Action.SIGNOFF_READ_LEGAL,
    "claims_read_standards": Action.SIGNOFF_READ_STANDARDS,
    "notifications_mark_read": Action.SEE,
    "relays_create": Action.STATEMENT_RELAY,
    "relays_destroy": Action.STATEMENT_RELAY,
    "reply_requests_answer": Action.REPLY_ANSWER,
    "reply_requests_create": Action.REPLY_SEND,
    "reply_requests_waive": Action.REPLY_WAIVE,
    "reviews_take_next": Action.REVIEW_TAKE,
    "statements_move": Action.STATEMENT_REVISE,
    "subscriptions_create": Action.SEE,
    "subscriptions_destroy": Action.SEE,
}
_UNSCOPED = {"tokens_create", "tokens_revoke_current", "me_retrieve"}


def required_scope(operation: str, method: str) -> Scope | None:
    """The scope that a token needs for an operation; None if every token will do, or none is needed."""
    if operation in _UNSCOPED:
        return None
    if method == "get":
        return Scope.READ
    noun, _, verb = operation.partition("_")
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
    return SCOPE_OF[_ACTION_BY_OPERATION.get(operation) or Action(f"{singular}.{verb}")]


def add_scopes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation which scope it needs: in words, and as OpenAPI 3.1 has it."""
    for path in result["paths"].values():
        for method, operation in path.items():
            scope = required_scope(operation["operationId"], method)
            if scope is not None:
                operation["description"] += f"\n\nNeeds the scope `{scope}`."
                operation["security"] = [{name: [scope.value]} if name == "token" else {name: []}
                                         for each in operation["security"] for name in each]  # fmt: skip
    return result
