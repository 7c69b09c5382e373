"""What the newsroom remembers. Fields, constraints and row filters; no rule that policy owns."""

from editorial.models.answers import KeptAnswer
from editorial.models.assessments import Assessment
from editorial.models.changes import Change, Parting
from editorial.models.claims import AdverseParty, Claim, ClaimPart
from editorial.models.corrections import Correction
from editorial.models.discrepancies import Discrepancy, Rotation
from editorial.models.events import Event
from editorial.models.exhibits import Exhibit
from editorial.models.imports import Import, ImportRow, Original
from editorial.models.notifications import (
    Channel,
    Delivery,
    DeliveryState,
    Notification,
    Subscription,
    Telling,
    WebhookEndpoint,
)
from editorial.models.outbox import MessageKind, MessageState, OutboxMessage
from editorial.models.policies import Policy, PolicyRisk, PolicyRow
from editorial.models.presences import Presence, ProcessKind
from editorial.models.replies import ReplyCover, ReplyRequest
from editorial.models.reviews import ReviewTask
from editorial.models.second_factors import RecoveryCode, SecondFactor
from editorial.models.sights import Sight
from editorial.models.sign_ins import SignIn
from editorial.models.signoffs import Signoff
from editorial.models.sources import AuthorityOver, IdentityRecord, Source
from editorial.models.statements import Briefing, Relay, Statement
from editorial.models.stories import (
    ClaimUse,
    ConditionTick,
    GateOverride,
    PublishedUse,
    Reliance,
    Story,
    StoryAuthor,
    StoryRevision,
)
from editorial.models.tokens import Token
from editorial.models.touches import TOUCHES
from editorial.models.users import Desk, Membership, User

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
