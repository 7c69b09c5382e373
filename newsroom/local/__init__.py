"""PostgreSQL and Valkey without installing either: their binaries come in Python packages.

Importing this package starts nothing. Settings ask it where the servers *would* listen; `manage.py up` and the
tests start them. Both listen on sockets in a private folder only, never on the network.
"""

from newsroom.local.errors import SetupError
from newsroom.local.secrets import load_secrets
from newsroom.local.sockets import APPLICATION, OWNER, broker_url, database_url, owner_url, redis_url

__all__ = [
    "APPLICATION",
    "OWNER",
    "SetupError",
    "broker_url",
    "database_url",
    "load_secrets",
    "owner_url",
    "redis_url",
]
