"""Password hashing: Argon2id with the parameters that OWASP recommends."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id. Django's default of 100 MiB for each attempt would let a few sign-ins exhaust the memory."""

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
