"""The token scope of each operation, for the OpenAPI document. Enforcement is in policy."""

from __future__ import annotations

from typing import Any

from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Scope

# Operations whose name differs from their action in policy.
_ACTION_BY_OPERATION: dict[str, Action] = {
    "account_changes_approve": Action.ACCOUNT_APPROVE_CHANGE,
    "account_changes_break_glass": Action.ACCOUNT_BREAK_GLASS,
    "account_changes_cancel": Action.ACCOUNT_CANCEL_CHANGE,
    "account_changes_create": Action.ACCOUNT_REQUEST_CHANGE,
    "briefings_create": Action.BRIEFING_RECORD,
    "cases_create": Action.CLAIM_FILE,
    "claims_create": Action.CLAIM_FILE,
    "claims_propose": Action.SIGNOFF_PROPOSE,
    "chat_channels_create": Action.CHAT_CHANNEL_ADD,
    "chat_channels_destroy": Action.CHAT_CHANNEL_REMOVE,
    "chat_channels_send_test": Action.CHAT_CHANNEL_SEND_TEST,
    "claims_read_legal": Action.SIGNOFF_READ_LEGAL,
    "claims_read_standards": Action.SIGNOFF_READ_STANDARDS,
    "claims_update": Action.CLAIM_REVISE,
    "comments_create": Action.COMMENT_ADD,
    "comments_update": Action.COMMENT_EDIT,
    "duty_shifts_cancel": Action.DUTY_SHIFT_CANCEL,
    "duty_shifts_create": Action.DUTY_SHIFT_ASSIGN,
    "email_preferences_create": Action.EMAIL_PREFERENCE_SET,
    "email_preferences_set_quiet_hours": Action.QUIET_HOURS_SET,
    "emailed_comments_confirm": Action.EMAILED_COMMENT_CONFIRM,
    "emailed_comments_dismiss": Action.EMAILED_COMMENT_DISMISS,
    "exhibits_create": Action.EXHIBIT_ATTACH,
    "imports_create": Action.IMPORT_START,
    "notifications_mark_all_read": Action.SEE,
    "notifications_mark_read": Action.SEE,
    "policies_create": Action.POLICY_ADOPT,
    "policies_preview": Action.POLICY_ADOPT,
    "received_answers_dismiss": Action.RECEIVED_ANSWER_DISMISS,
    "relays_create": Action.STATEMENT_RELAY,
    "relays_undo": Action.STATEMENT_UNDO_RELAY,
    "reply_requests_answer": Action.REPLY_ANSWER,
    "reply_requests_create": Action.REPLY_SEND,
    "reply_requests_waive": Action.REPLY_WAIVE,
    "reviews_assign_many": Action.REVIEW_ASSIGN,
    "reviews_take_next": Action.REVIEW_TAKE,
    "saved_searches_create": Action.SAVED_SEARCH_SAVE,
    "saved_searches_destroy": Action.SAVED_SEARCH_DELETE,
    "saved_searches_update": Action.SAVED_SEARCH_REVISE,
    "scheduled_imports_create": Action.SCHEDULED_IMPORT_ADD,
    "scheduled_imports_pause": Action.SCHEDULED_IMPORT_PAUSE,
    "scheduled_imports_resume": Action.SCHEDULED_IMPORT_RESUME,
    "scheduled_imports_run": Action.SCHEDULED_IMPORT_RUN,
    "scheduled_imports_update": Action.SCHEDULED_IMPORT_REVISE,
    "sources_create": Action.SOURCE_REGISTER,
    "sources_update": Action.SOURCE_REVISE,
    "statements_create": Action.STATEMENT_RECORD,
    "statements_move": Action.STATEMENT_REVISE,
    "statements_update": Action.STATEMENT_REVISE,
    "stories_create": Action.STORY_PITCH,
    "stories_update": Action.STORY_REVISE,
    "subscriptions_create": Action.SUBSCRIPTION_FOLLOW,
    "subscriptions_destroy": Action.SUBSCRIPTION_UNFOLLOW,
    "tokens_create": Action.TOKEN_ISSUE,
    "tokens_revoke_current": Action.TOKEN_REVOKE,
    "notification_records_resend": Action.NOTIFICATION_RESEND,
    "webhook_deliveries_resend": Action.WEBHOOK_RESEND,
    "webhooks_create": Action.WEBHOOK_ADD,
    "webhooks_update": Action.WEBHOOK_REVISE,
}
_UNSCOPED = {"tokens_create", "tokens_revoke_current", "me_retrieve"}


def required_scope(operation: str, method: str) -> Scope | None:
    """The scope that a token needs for an operation; None if any token will do, or none is needed."""
    if operation in _UNSCOPED:
        return None
    if method == "get":
        return Scope.READ
    return ACTIONS[action_of(operation)].scope


def action_of(operation: str) -> Action:
    """The action that a write carries out."""
    resource, _, action = operation.partition("_")
    singular = resource[:-3] + "y" if resource.endswith("ies") else resource[:-1]
    return _ACTION_BY_OPERATION.get(operation) or Action(f"{singular}.{action}")


def add_scopes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the required scope to every operation, in words and as an extension; sign-in needs none."""
    for path in result["paths"].values():
        for method, operation in path.items():
            scope = required_scope(operation["operationId"], method)
            if scope is not None:
                operation["description"] += f"\n\nRequires the scope `{scope}`."
                operation["x-required-scope"] = scope.value
            operation.setdefault("security", [])
    return result
