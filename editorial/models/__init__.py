"""What the newsroom remembers. Fields, constraints and row filters; no rule that policy owns."""

from editorial.models.evidence.claims import AdverseParty, Claim, ClaimPart
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import AuthorityOver, IdentityRecord, Source
from editorial.models.evidence.statements import Briefing, Relay, Statement
from editorial.models.imports.imports import Import, ImportRow, Original
from editorial.models.ops.change_log import Change, Parting
from editorial.models.ops.change_triggers import TOUCHES
from editorial.models.ops.claim_visibility import Sight
from editorial.models.ops.events import Event
from editorial.models.ops.heartbeats import Presence, ProcessKind
from editorial.models.ops.idempotency import KeptAnswer
from editorial.models.ops.integrity_findings import Discrepancy, Rotation
from editorial.models.ops.notifications import (
    Channel,
    Delivery,
    DeliveryState,
    Notification,
    Subscription,
    Telling,
    WebhookEndpoint,
)
from editorial.models.ops.outbox import MessageKind, MessageState, OutboxMessage
from editorial.models.people.second_factors import RecoveryCode, SecondFactor
from editorial.models.people.sign_ins import SignIn
from editorial.models.people.tokens import Token
from editorial.models.people.users import Desk, Membership, User
from editorial.models.review.assessments import Assessment
from editorial.models.review.policies import Policy, PolicyRisk, PolicyRow
from editorial.models.review.replies import ReplyCover, ReplyRequest
from editorial.models.review.signoffs import Signoff
from editorial.models.review.tasks import ReviewTask
from editorial.models.stories.corrections import Correction
from editorial.models.stories.stories import (
    ClaimUse,
    ConditionTick,
    GateOverride,
    PublishedUse,
    Reliance,
    Story,
    StoryAuthor,
    StoryRevision,
)

__all__ = [
    "TOUCHES",
    "AdverseParty",
    "Assessment",
    "AuthorityOver",
    "Briefing",
    "Change",
    "Channel",
    "Claim",
    "ClaimPart",
    "ClaimUse",
    "ConditionTick",
    "Correction",
    "Delivery",
    "DeliveryState",
    "Desk",
    "Discrepancy",
    "Event",
    "Exhibit",
    "GateOverride",
    "IdentityRecord",
    "Import",
    "ImportRow",
    "KeptAnswer",
    "Membership",
    "MessageKind",
    "MessageState",
    "Notification",
    "Original",
    "OutboxMessage",
    "Parting",
    "Policy",
    "PolicyRisk",
    "PolicyRow",
    "Presence",
    "ProcessKind",
    "PublishedUse",
    "RecoveryCode",
    "Relay",
    "Reliance",
    "ReplyCover",
    "ReplyRequest",
    "ReviewTask",
    "Rotation",
    "SecondFactor",
    "Sight",
    "SignIn",
    "Signoff",
    "Source",
    "Statement",
    "Story",
    "StoryAuthor",
    "StoryRevision",
    "Subscription",
    "Telling",
    "Token",
    "User",
    "WebhookEndpoint",
]
