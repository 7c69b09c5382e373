"""Encryption keys for tests."""

import base64
import secrets


def new_key() -> str:
    """A random key, as an operator generates one."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
