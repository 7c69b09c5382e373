"""One scenario per write of the API: user, path and fields. `{name}` is an id of sample.py.

A test refuses a new write until it is listed here, or below with the reason why it needs no scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from editorial.policy.verification import thresholds
from tests.support.servers import ROOT

_WRITES = {"post", "put", "patch", "delete"}


@dataclass(frozen=True, slots=True)
class WriteCase:
    """A request by one of the users."""

    by: str
    method: str
    path: str
    body: Any = None

    def of(self, ids: Mapping[str, str]) -> tuple[str, Any]:
        """Path and body, with the ids of the sample rows."""
        return self.path.format_map(ids), _filled(self.body, ids)


def _post(by: str, path: str, **fields: Any) -> WriteCase:
    return WriteCase(by, "POST", path, fields or None)


def _patch(by: str, path: str, **fields: Any) -> WriteCase:
    return WriteCase(by, "PATCH", path, fields)


_REASON = "It was so on the telephone."
_RULES = {name: rules for name, rules in thresholds.default_policy().to_dict().items() if name != "version"}
_HUMAN = {"identity_name": "Pia Rohde", "identity_known_by": "born 9 June 1970"}
_TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
_DEADLINE = "2099-03-04T12:00:00Z"
_ITEM = {"uri": "urn:1", "headlines": [{"value": "The seal"}], "infoSources": [{"name": "Coast Wire"}]}

WRITE_CASES = {
    "account_changes_create": _post(
        "ada", "/account-changes", user="{stan}", kind="role", role="lawyer", reason=_REASON
    ),
    "account_changes_cancel": _post("cuno", "/account-changes/{account_change}/cancel", reason=_REASON),
    "briefings_create": _post("rosa", "/briefings", desk="{desk}", name="Friday call"),
    "cases_create": _post(
        "rosa",
        "/cases",
        desk="{desk}",
        sources=[{"ref": "clerk", "type": "person", "name": "A clerk"}],
        claims=[{"ref": "seal", "text": "The seal was broken.", "adverse_to": ["{party}"]}],
        statements=[{"claim": "#seal", "source": "#clerk", "stance": "affirms", "directness": "first_hand"}],
        stories=[{"headline": "The seal", "body": "…", "uses": [{"claim": "#seal", "mode": "attributed"}]}],
    ),
    "claims_create": _post("rosa", "/claims", desk="{desk}", text="The bridge was shut.", adverse_to=["{party}"]),
    "claims_update": _patch("rosa", "/claims/{claim}", text="The gate was wide open.", adverse_to=[]),
    "claims_carry": _post("rosa", "/claims/{utterance}/carry", carries=["{claim}", "{same_claim}"]),
    "claims_drop": _post("edith", "/claims/{claim}/drop", reason=_REASON),
    "claims_restrict": _post("lara", "/claims/{claim}/restrict", kind="court", reason=_REASON, until=_DEADLINE),
    "claims_lift_restriction": _post(
        "lara", "/claims/{restricted}/lift-restriction", restriction="{ban}", reason=_REASON
    ),
    "claims_mark_distinct": _post(
        "rosa", "/claims/{claim}/mark-distinct", other="{same_claim}", reason="Another time."
    ),
    "claims_unmark_distinct": _post("rosa", "/claims/{claim}/unmark-distinct", other="{distinct_claim}"),
    "claims_merge": _post("edith", "/claims/{same_claim}/merge", into="{claim}"),
    "claims_split": _post("rosa", "/claims/{simple_claim}/split", texts=["The lock was old.", "The gate was open."]),
    "claims_propose": _post("felix", "/claims/{corroborated}/propose"),
    "claims_read_standards": _post("stan", "/claims/{serious}/read-standards"),
    "claims_read_legal": _post("lara", "/claims/{serious}/read-legal"),
    "comments_create": _post("rosa", "/comments", claim="{claim}", text="Ask @felix."),
    "comments_update": _patch("rosa", "/comments/{open_thread}", text="Who heard it?"),
    "comments_resolve": _post("edith", "/comments/{open_thread}/resolve"),
    "comments_reopen": _post("edith", "/comments/{resolved_thread}/reopen"),
    "exhibits_create": _post("rosa", "/exhibits", desk="{desk}", title="Log", text="Open.", statement="{first}"),
    "imports_create": _post("rosa", "/imports", desk="{desk}", kind="ninjs", items=[_ITEM]),
    "imports_cancel": _post("rosa", "/imports/{fetching}/cancel"),
    "scheduled_imports_create": _post(
        "rosa", "/scheduled-imports", desk="{desk}", kind="page", url="https://gazette.example/"
    ),
    "scheduled_imports_update": _patch("rosa", "/scheduled-imports/{scheduled_import}", interval_minutes=60),
    "scheduled_imports_pause": _post("rosa", "/scheduled-imports/{scheduled_import}/pause"),
    "scheduled_imports_resume": _post("rosa", "/scheduled-imports/{paused_import}/resume"),
    "scheduled_imports_run": _post("rosa", "/scheduled-imports/{scheduled_import}/run"),
    "notifications_mark_read": _post("rosa", "/notifications/{notice}/read"),
    "notifications_mark_all_read": _post("rosa", "/notifications/read-all"),
    "policies_create": _post("cleo", "/policies", name="Stricter", note=_REASON, rules=_RULES),
    "relays_create": _post("rosa", "/relays", derived="{derived}", origin="{first}"),
    "relays_undo": _post("rosa", "/relays/{relay}/undo", reason=_REASON),
    "reply_requests_create": _post(
        "rosa", "/reply-requests", to="{party}", covers=["{same_claim}"], question="Is it so?", deadline_at=_DEADLINE
    ),
    "reply_requests_answer": _post("rosa", "/reply-requests/{asked}/answer", outcome="declined"),
    "received_answers_dismiss": _post("rosa", "/received-answers/{received}/dismiss", reason=_REASON),
    "emailed_comments_confirm": _post("rosa", "/emailed-comments/{emailed}/confirm"),
    "emailed_comments_dismiss": _post("rosa", "/emailed-comments/{also_emailed}/dismiss"),
    "reply_requests_waive": _post(
        "edith", "/reply-requests/waive", to="{party}", covers=["{claim}"], reason="He would flee."
    ),
    "reviews_take_next": _post("faye", "/reviews/take", queue="investigate"),
    "reviews_take": _post("faye", "/reviews/{open}/take"),
    "reviews_extend": _post("felix", "/reviews/{held}/extend"),
    "reviews_release": _post("felix", "/reviews/{to_release}/release"),
    "reviews_finish": _post("felix", "/reviews/{to_finish}/finish", outcome="exhausted", note="Asked around."),
    "reviews_assign": _post("edith", "/reviews/{open}/assign", assignee="{reviewer}"),
    "reviews_assign_many": _post("edith", "/reviews/assign", tasks=["{open}", "{also_open}"], assignee="{reviewer}"),
    "reviews_snooze": _post("felix", "/reviews/{held}/snooze", until=_TOMORROW, reason=_REASON),
    "signoffs_approve": _post("edgar", "/signoffs/{proposed}/approve"),
    "signoffs_reject": _post("edgar", "/signoffs/{to_reject}/reject", reason=_REASON),
    "sources_create": _post("rosa", "/sources", desk="{desk}", type="person", name="a pilot", unnamed=True, **_HUMAN),
    "sources_update": _patch("rosa", "/sources/{source}", description="Keeps the harbour's books."),
    "sources_authenticate": _post("felix", "/sources/{paper}/authenticate", reason="Seal compared."),
    "sources_merge": _post("edith", "/sources/{same_source}/merge", into="{source}", reason=_REASON),
    "sources_unmerge": _post("edith", "/sources/{merged_source}/unmerge", reason=_REASON),
    "sources_protect": _post("rosa", "/sources/{source}/protect", name="a bookkeeper", **_HUMAN),
    "sources_rate": _post("felix", "/sources/{source}/rate", reliability="C", reason=_REASON),
    "sources_match_identity": _post("rosa", "/sources/{source}/match-identity", **_HUMAN),
    "sources_replace_identity": _post("cuno", "/sources/{hidden}/replace-identity", reason=_REASON, **_HUMAN),
    "sources_request_unmask": _post("cuno", "/sources/{hidden}/request-unmask", reason=_REASON),
    "sources_approve_unmask": _post("stan", "/sources/{hidden}/approve-unmask", request="{unmask_request}"),
    "sources_vouch": _post("edith", "/sources/{unknown}/vouch", reason=_REASON),
    "statements_create": _post(
        "rosa",
        "/statements",
        claim="{claim}",
        source="{source}",
        stance="affirms",
        directness="first_hand",
        quote="Yes.",
    ),
    "statements_update": _patch("rosa", "/statements/{statement}", quote="It was shut, I think."),
    "statements_move": _post("rosa", "/statements/{statement}/move", claim="{same_claim}"),
    "statements_reassign": _post("rosa", "/statements/{statement}/reassign", source="{source}", reason=_REASON),
    "statements_strike": _post("rosa", "/statements/{statement}/strike", reason=_REASON),
    "statements_reopen": _post("rosa", "/statements/{ended}/reopen", reason=_REASON),
    "statements_end": _post(
        "rosa", "/statements/{statement}/end", ended="superseded", ended_by="{first}", reason=_REASON
    ),
    "stories_create": _post("rosa", "/stories", desk="{desk}", headline="The harbour", body="At night …"),
    "stories_update": _patch(
        "rosa", "/stories/{draft}", body="At noon …", uses=[{"claim": "{reported}", "mode": "attributed"}]
    ),
    "stories_assign": _post("edith", "/stories/{draft}/assign", authors=["{ruben}"]),
    "stories_submit": _post("rosa", "/stories/{draft}/submit"),
    "stories_clear": _post("edith", "/stories/{submitted}/clear"),
    "stories_confirm_condition": _post(
        "cora", "/stories/{attributing}/confirm-condition", claim="{unlogged}", code="C_ATTRIBUTE"
    ),
    "stories_confirm_no_claims": _post("cora", "/stories/{claimless}/confirm-no-claims"),
    "stories_override": _post("sena", "/stories/{held_back}/override", code="E_REPLY_PENDING", reason=_REASON),
    "stories_schedule": _post("edith", "/stories/{cleared}/schedule", at="2099-03-04T12:00", time_zone="Europe/Berlin"),
    "stories_publish": _post("edith", "/stories/{cleared}/publish"),
    "stories_correct": _post("edith", "/stories/{withdrawn_from}/correct", text="The pump was on."),
    "stories_withhold": _post("edith", "/stories/{published}/withhold", reason=_REASON),
    "stories_retract": _post("stan", "/stories/{published}/retract", reason=_REASON),
    "stories_restrict": _post("lara", "/stories/{draft}/restrict", kind="safety", reason=_REASON),
    "stories_lift_restriction": _post(
        "lara", "/stories/{barred}/lift-restriction", restriction="{story_ban}", reason=_REASON
    ),
    "stories_send_back": _post("edith", "/stories/{submitted}/send-back", reason=_REASON),
    "stories_unschedule": _post("edith", "/stories/{scheduled}/unschedule"),
    "stories_schedule_correction": _post(
        "edith", "/stories/{published}/schedule-correction", text="Ajar.", at="2099-03-04T12:00", time_zone="UTC"
    ),
    "stories_cancel_correction": _post("edith", "/stories/{correcting}/cancel-correction"),
    "stories_restore": _post("edith", "/stories/{withheld}/restore", reason=_REASON),
    "stories_unspike": _post("edith", "/stories/{spiked}/unspike", reason=_REASON),
    "stories_merge": _post("edith", "/stories/{draft}/merge", into="{cleared}", reason=_REASON),
    "stories_unmerge": _post("edith", "/stories/{merged}/unmerge", reason=_REASON),
    "stories_move": _post("edith", "/stories/{draft}/move", desk="{other_desk}", reason=_REASON),
    "stories_spike": _post("edith", "/stories/{draft}/spike", reason=_REASON),
    "duty_shifts_create": _post(
        "edith",
        "/duty-shifts",
        desk="{desk}",
        editor="{edgar}",
        starts_at="2099-01-01T00:00:00Z",
        ends_at="2099-01-01T08:00:00Z",
    ),
    "duty_shifts_cancel": _post("edith", "/duty-shifts/{shift}/cancel"),
    "email_preferences_create": _post("rosa", "/email-preferences", kind="change", timing="daily"),
    "email_preferences_set_quiet_hours": _post(
        "rosa", "/email-preferences/set-quiet-hours", starts_at="22:00", ends_at="06:00"
    ),
    "chat_channels_create": _post("rosa", "/chat-channels", url="ntfys://ntfy.example/dams", kinds=["work"]),
    "chat_channels_send_test": _post("rosa", "/chat-channels/{chat_channel}/send-test"),
    "chat_channels_destroy": WriteCase("rosa", "DELETE", "/chat-channels/{chat_channel}"),
    "saved_searches_create": _post("rosa", "/saved-searches", name="Dams", q="dam", types=["claim"]),
    "saved_searches_update": _patch("rosa", "/saved-searches/{saved_search}", muted=True),
    "saved_searches_destroy": WriteCase("rosa", "DELETE", "/saved-searches/{saved_search}"),
    "subscriptions_create": _post("rosa", "/subscriptions", claim="{same_claim}"),
    "subscriptions_destroy": WriteCase("rosa", "DELETE", "/subscriptions/{followed}"),
    "webhooks_create": _post("ada", "/webhooks", desk="{desk}", url="https://hooks.example/2"),
    "webhooks_disable": _post("ada", "/webhooks/{endpoint}/disable"),
    "webhooks_ping": _post("ada", "/webhooks/{endpoint}/ping"),
    "webhooks_rotate": _post("ada", "/webhooks/{endpoint}/rotate"),
    "webhooks_update": _patch("ada", "/webhooks/{endpoint}", event_types=["story.publish"]),
    "webhooks_resume": _post("ada", "/webhooks/{paused_endpoint}/resume"),
    "webhook_deliveries_resend": _post("ada", "/webhook-deliveries/{delivery}/resend"),
    "notification_records_resend": _post("ada", "/notification-records/{unsent}/resend"),
}

EXEMPT = {
    "policies_preview": "Changes nothing.",
    "account_changes_approve": "Takes no keys, or a wrong code would not count. Asked again, it says so.",
    "account_changes_break_glass": "Takes no keys, as account_changes_approve. Asked again, it says that it has ended.",
    "sources_break_glass": "Takes no keys, as sources_unmask.",
    "sources_unmask": "Takes no keys: what the vault reveals is stored nowhere, and each further reveal is on record.",
    "sessions_end": "Takes no keys, as nothing about tokens does. Asked again, there is none.",
    "tokens_create": "Nobody is signed in yet, so no key can be theirs. A token that nobody received ends by itself.",
    "tokens_revoke": "Takes no keys, as nothing about tokens does. It ends a token once; asked again, it says so.",
    "tokens_revoke_current": "Takes away what it was asked with. Asked again, it says that the token is none.",
}


def operations() -> set[str]:
    """The names of all writes, from the OpenAPI file that `make check` keeps up to date."""
    described = yaml.safe_load((ROOT / "docs" / "reference" / "openapi.yaml").read_text())
    return {
        operation["operationId"]
        for methods in described["paths"].values()
        for method, operation in methods.items()
        if method in _WRITES
    }


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    match body:
        case dict():
            return {name: _filled(value, ids) for name, value in body.items()}
        case list():
            return [_filled(value, ids) for value in body]
        case str():
            return body.format_map(ids)
        case _:
            return body
