"""WebAuthn: challenges for passkeys, and browsers' responses.

A challenge is valid once, for five minutes, for one user, session and purpose. The signature covers the newsroom's
origin, so a phishing page cannot use it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from editorial.models import Passkey, PasskeyChallenge, User
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.people.passkeys import CHALLENGE_TTL, MAX_RESPONSE_LENGTH, ChallengePurpose, suggests_clone
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission

log = structlog.get_logger(__name__)


@atomic_action
def registration_options(*, actor: User, now: datetime) -> dict[str, Any]:
    """Options for `navigator.credentials.create`, which creates a passkey."""
    require_permission(actor, Action.PASSKEY_REGISTER, SubjectFacts(owners=frozenset({str(actor.pk)})))
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=actor.pk.bytes, name=actor.get_username(), display_name=actor.get_full_name() or actor.get_username()
        ),
        _credentials(actor),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _issue(state["challenge"], ChallengePurpose.REGISTRATION, actor, now)
    return _json_ready(options)


@atomic_action
def proof_options(*, actor: User, now: datetime) -> dict[str, Any] | None:
    """Options for `navigator.credentials.get`, which uses a passkey; None if the user has none."""
    credentials = _credentials(actor)
    if not credentials:
        return None
    options, state = _server().authenticate_begin(credentials, user_verification=UserVerificationRequirement.PREFERRED)
    _issue(state["challenge"], ChallengePurpose.PROOF, actor, now)
    return _json_ready(options)


@atomic_action
def check(*, assertion: str, actor: User, now: datetime) -> bool:
    """Whether this is a valid signature by one of the user's passkeys. It uses up a challenge of this session.

    A counter that did not increase is refused, and administrators and the user are notified.
    """
    response = _parse(AuthenticationResponse, assertion)
    if response is None or not _consume(response.response.client_data.challenge, ChallengePurpose.PROOF, actor, now):
        return False
    owned = Passkey.objects.select_for_update().filter(user=actor)
    passkey = owned.filter(credential_id=websafe_encode(response.raw_id)).first()
    if passkey is None:
        return False
    state = {"challenge": websafe_encode(response.response.client_data.challenge), "user_verification": None}
    try:
        _server().authenticate_complete(state, [_credential(passkey)], response)
    except Exception as error:  # a hostile response may raise anything; it is refused
        log.warning("passkey rejected", passkey=str(passkey.pk), reason=type(error).__name__)
        return False
    received = response.response.authenticator_data.counter
    if suggests_clone(stored=passkey.sign_count, received=received):
        log.error("passkey may be cloned", passkey=str(passkey.pk))
        audit.log(passkey, SystemEvent.PASSKEY_COPY_SUSPECTED, actor=None, now=now, user=str(actor.pk))
        return False
    passkey.sign_count, passkey.last_used_at = received, now
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return True


def verify_registration(*, credential: str, actor: User, now: datetime) -> AuthenticatorData | None:
    """The authenticator data of a new passkey; None if the response is invalid."""
    response = _parse(RegistrationResponse, credential)
    if response is None:
        return None
    challenge = response.response.client_data.challenge
    if not _consume(challenge, ChallengePurpose.REGISTRATION, actor, now):
        return None
    try:
        state = {"challenge": websafe_encode(challenge), "user_verification": None}
        return _server().register_complete(state, response)
    except Exception as error:  # as in `check`
        log.warning("passkey registration rejected", reason=type(error).__name__)
        return None


def _json_ready(options: Any) -> dict[str, Any]:
    """Options as a JSON object, with bytes in base64url."""
    result: dict[str, Any] = json.loads(json.dumps(dict(options)))["publicKey"]
    return result


def _parse(kind: Any, text: str) -> Any:
    """A browser's response; None if it is malformed."""
    if not 0 < len(text) <= MAX_RESPONSE_LENGTH:
        return None
    try:
        return kind.from_dict(json.loads(text))
    except Exception:  # untrusted CBOR and JSON
        return None


def _issue(challenge: str, purpose: ChallengePurpose, actor: User, now: datetime) -> None:
    PasskeyChallenge.objects.filter(issued_at__lte=now - CHALLENGE_TTL).delete()
    PasskeyChallenge.objects.create(
        user=actor, purpose=purpose.value, challenge=challenge, session_digest=actor.session_digest, issued_at=now
    )


def _consume(challenge: bytes, purpose: ChallengePurpose, actor: User, now: datetime) -> bool:
    """Use up a challenge issued to the user in this session. Of two concurrent responses, one succeeds."""
    deleted, _ = PasskeyChallenge.objects.filter(
        user=actor,
        purpose=purpose.value,
        challenge=websafe_encode(challenge),
        session_digest=actor.session_digest,
        issued_at__gt=now - CHALLENGE_TTL,
    ).delete()
    return bool(deleted) and bool(actor.session_digest)


def _server() -> Fido2Server:
    """The newsroom as relying party. Passkeys are bound to the host of PUBLIC_URL."""
    url = urlsplit(settings.PUBLIC_URL)
    origin = f"{url.scheme}://{url.netloc}"
    rp = PublicKeyCredentialRpEntity(id=url.hostname or "", name=settings.SECOND_FACTOR_ISSUER)
    return Fido2Server(rp, attestation=None, verify_origin=lambda received: received == origin)


def _credentials(user: User) -> Sequence[AttestedCredentialData]:
    return [_credential(passkey) for passkey in Passkey.objects.filter(user=user)]


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(passkey.credential_data))
