"""Errors of encryption. They name settings and key ids, never a key, a ciphertext or a plaintext."""


class EncryptionError(Exception):
    """A value can be neither encrypted nor decrypted. The message says what to do."""


class KeyUnavailable(EncryptionError):
    """This process has no key for it. The value itself may be intact."""


class InvalidCiphertext(EncryptionError):
    """The value was altered, cut off, or encrypted for another row or field. `fault` completes "The value …".

    `row` is the model and id of the row, for the log.
    """

    def __init__(self, fault: str, *, row: str = "") -> None:
        self.fault, self.row = fault, row
        super().__init__(f"The encrypted value {fault}. Run manage.py verify_encryption.")
