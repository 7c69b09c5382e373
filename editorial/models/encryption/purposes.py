"""What is encrypted: each purpose has keys of its own, so that a process can be without those it does not need."""

from enum import StrEnum


class Purpose(StrEnum):
    """A kind of secret. The value is part of every ciphertext's associated data: never change it."""

    IDENTITY = "identity"
    SECOND_FACTOR = "second_factor"
    WEBHOOK = "webhook"
    RESPONSE = "response"
    MAIL = "mail"

    @property
    def setting(self) -> str:
        """The setting with its keys."""
        return {
            Purpose.IDENTITY: "VAULT_KEYS",
            Purpose.SECOND_FACTOR: "SECOND_FACTOR_KEYS",
            Purpose.WEBHOOK: "WEBHOOK_KEYS",
            Purpose.RESPONSE: "RESPONSE_KEYS",
            Purpose.MAIL: "MAIL_KEYS",
        }[self]

    @property
    def provider_setting(self) -> str:
        """The setting with the class that wraps its data keys elsewhere, for example in a KMS."""
        return f"{self.setting.removesuffix('S')}_PROVIDER"
