"""A software authenticator: it creates keys and signs challenges like a security key (WebAuthn)."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

_PRESENT, _ATTESTED = 0x01, 0x40


@dataclass
class SoftwareAuthenticator:
    """One credential. A test may change what it claims: its origin, its relying party, its counter, its flags."""

    origin: str = "http://testserver"
    rp_id: str = "testserver"
    counter: int = 0
    counts: bool = True
    flags: int = _PRESENT
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def create(self, options: dict[str, Any], **changes: Any) -> str:
        """The response of `navigator.credentials.create`."""
        client_data = self._client_data("webauthn.create", options, changes)
        attested = (
            bytes(16)
            + struct.pack(">H", len(self.credential_id))
            + self.credential_id
            + cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": self._auth_data(_ATTESTED) + attested})
        return self._answer({"clientDataJSON": client_data, "attestationObject": attestation})

    def get(self, options: dict[str, Any], **changes: Any) -> str:
        """The response of `navigator.credentials.get`."""
        client_data = self._client_data("webauthn.get", options, changes)
        auth_data = self._auth_data()
        signature = self.key.sign(auth_data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client_data, "authenticatorData": auth_data, "signature": signature})

    def _client_data(self, kind: str, options: dict[str, Any], changes: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(data | changes).encode()

    def _auth_data(self, extra_flags: int = 0) -> bytes:
        self.counter += self.counts
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", self.flags | extra_flags, self.counter)

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.credential_id)
        encoded = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": encoded, "clientExtensionResults": {}}
        )
