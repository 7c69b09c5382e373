"""Database models: fields, constraints and row filters. Rules belong to policy."""

from editorial.models.claim_visibility import ClaimVisibility
from editorial.models.evidence.claim_distinctions import ClaimDistinction
from editorial.models.evidence.claims import AdverseParty, CarriedClaim, Claim, CompoundMember
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import DispositiveEvidence, IdentityRecord, Source
from editorial.models.evidence.statements import Briefing, Relay, Statement
from editorial.models.evidence.vault import MatchingAttempt, MatchingLock, UnmaskRequest
from editorial.models.imports.imports import Import, ImportRow, WireItem
from editorial.models.imports.mailboxes import Mailbox
from editorial.models.imports.scheduled_imports import ScheduledImport
from editorial.models.ops.audit_heads import AuditHead
from editorial.models.ops.change_log import Change, VisibilityLoss
from editorial.models.ops.change_triggers import CHANGE_TRIGGERS
from editorial.models.ops.chat_channels import ChatChannel, ChatService
from editorial.models.ops.circuit_breakers import CircuitBreaker
from editorial.models.ops.deliveries import AttemptOutcome, Channel, Delivery, DeliveryAttempt, DeliveryState
from editorial.models.ops.emailed_comments import CommentAddress, EmailedComment
from editorial.models.ops.escalations import Escalation
from editorial.models.ops.events import Event
from editorial.models.ops.heartbeats import Heartbeat, ProcessKind
from editorial.models.ops.idempotency import IdempotencyRecord
from editorial.models.ops.integrity_findings import IntegrityFinding, ScanCursor
from editorial.models.ops.notification_records import NotificationRecord
from editorial.models.ops.notifications import (
    EmailPreference,
    EmailTiming,
    Notification,
    NotificationFanout,
    QuietHours,
    Subscription,
)
from editorial.models.ops.outbox import MessageKind, MessageState, OutboxMessage
from editorial.models.ops.webhooks import WebhookEndpoint
from editorial.models.people.account_changes import AccountChange
from editorial.models.people.duty_shifts import DutyShift
from editorial.models.people.passkeys import Passkey, PasskeyChallenge
from editorial.models.people.provider_accounts import ProviderAccount, ProviderSignIn
from editorial.models.people.second_factors import RecoveryCode, SecondFactor
from editorial.models.people.sessions import Session
from editorial.models.people.sign_ins import SignIn
from editorial.models.people.tokens import Token
from editorial.models.people.users import Desk, Membership, User
from editorial.models.review.assessments import Assessment
from editorial.models.review.comments import Comment, CommentRevision
from editorial.models.review.policies import CorroborationPolicy, PolicyRisk, PolicyRow
from editorial.models.review.received_answers import ReceivedAnswer, ReplyAddress
from editorial.models.review.replies import ReplyRequest, ReplyRequestClaim
from editorial.models.review.restrictions import Restriction
from editorial.models.review.signoffs import Signoff
from editorial.models.review.tasks import ReviewTask
from editorial.models.search_documents import (
    ClaimSearchDocument,
    ExhibitSearchDocument,
    SourceSearchDocument,
    StatementSearchDocument,
    StorySearchDocument,
)
from editorial.models.stories.corrections import Correction
from editorial.models.stories.saved_searches import SavedSearch, SavedSearchMatch
from editorial.models.stories.stories import (
    ClaimUse,
    ConditionCheck,
    GateOverride,
    NoClaimsCheck,
    PublishedUse,
    Story,
    StoryAuthor,
    StoryRevision,
    UseEvidence,
)
