"""A real PostgreSQL and a real Redis without installing either: their binaries come in Python packages.

Nothing is started by importing this package. Settings ask it where the servers *would* listen; `manage.py up`
and the tests start them. Both listen on sockets in a private folder only, never on the network.
"""

from newsroom.local.errors import Unusable
from newsroom.local.secrets import secrets
from newsroom.local.sockets import broker_url, database_url, redis_url

__all__ = ["Unusable", "broker_url", "database_url", "redis_url", "secrets"]
