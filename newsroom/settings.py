"""One settings file, driven by the environment (docs/operations/running.md lists every variable).

Two modes. *Embedded* (the default while `DATABASE_URL` is not set): PostgreSQL and Valkey come from wheels and listen
on sockets in the data folder only; secrets are generated once and stored there. *Served* (`DATABASE_URL` set):
nothing has an unsafe default, so a missing secret stops the start with its name.
"""

from datetime import timedelta
from pathlib import Path

import pghistory
import structlog
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static

from newsroom import local
from newsroom.environment import DATA, EMBEDDED, env
from newsroom.local import data_dir
from newsroom.observability import log_format

# --- Data folder and secrets ---------------------------------------------------------------------------------------

# Whether this process connects as the owner of the tables. Set by `newsroom.__main__` for the commands that need it.
AS_OWNER = env.bool("NEWSROOM_AS_OWNER", default=False)

# A process that does not need a secret is not given it (newsroom/processes.py), so a missing one does not stop a start:
# the operation that needs it fails and names it. `check --deploy` reports all that are missing or weak.
_secrets = local.load_secrets(DATA) if EMBEDDED else {}


def _keys(name: str) -> list[str]:
    return env.str(name, default=_secrets.get(name, "")).replace(",", " ").split()


SECRET_KEY = env.str("SECRET_KEY", default=_secrets.get("SECRET_KEY", "")).strip()
# Key of the identity tokens that match the same person across sources. A change makes every token stale.
IDENTITY_KEY = env.str("IDENTITY_KEY", default=_secrets.get("IDENTITY_KEY", "")).strip()
# Ed25519 key that signs the heads of the record: 32 bytes in URL-safe base64.
AUDIT_SIGNING_KEY = env.str("AUDIT_SIGNING_KEY", default=_secrets.get("AUDIT_SIGNING_KEY", "")).strip()
# Keys that wrap data keys, one setting per purpose, newest first: the first encrypts, all decrypt.
VAULT_KEYS = _keys("VAULT_KEYS")  # identities of unnamed sources
SECOND_FACTOR_KEYS = _keys("SECOND_FACTOR_KEYS")
WEBHOOK_KEYS = _keys("WEBHOOK_KEYS")
RESPONSE_KEYS = _keys("RESPONSE_KEYS")  # stored responses to writes with an Idempotency-Key
MAIL_KEYS = _keys("MAIL_KEYS")  # answers received by email
# Purpose → dotted path of a class that wraps data keys instead of them, for example in a KMS.
KEY_PROVIDERS = {
    "identity": env.str("VAULT_KEY_PROVIDER", default=""),
    "second_factor": env.str("SECOND_FACTOR_KEY_PROVIDER", default=""),
    "webhook": env.str("WEBHOOK_KEY_PROVIDER", default=""),
    "response": env.str("RESPONSE_KEY_PROVIDER", default=""),
    "mail": env.str("MAIL_KEY_PROVIDER", default=""),
}

if EMBEDDED:
    DATABASE_URL = local.database_url(DATA, role=local.APPLICATION)
    DATABASE_OWNER_URL = local.owner_url(DATA) if AS_OWNER else local.database_url(DATA)
    REDIS_URL = env.str("REDIS_URL", default=local.redis_url(DATA))
    ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    DATABASE_URL = env.str("DATABASE_URL")
    # Only for commands that migrate, back up and restore; no other process needs it.
    DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
    REDIS_URL = env.str("REDIS_URL")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

DEBUG = env.bool("DEBUG", default=False)
# The public URL, for links in email and notifications.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{env.str('PORT', default='8000')}" if EMBEDDED else "")

# The publisher, as named in syndicated content, and the public URL of a story ({id} is its id).
PUBLISHER_NAME = env.str("PUBLISHER_NAME", default="Newsroom")
PUBLISHER_URL = env.str("PUBLISHER_URL", default=PUBLIC_URL)
PUBLISHER_LANGUAGE = env.str("PUBLISHER_LANGUAGE", default="en")
STORY_URL = env.str("STORY_URL", default=f"{PUBLISHER_URL.rstrip('/')}/stories/{{id}}" if PUBLISHER_URL else "")

# --- Application ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "newsroom.admin_config.NewsroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "newsroom",
    "editorial",
]

MIDDLEWARE = [
    "newsroom.web.request_ids.request_id_middleware",
    "csp.middleware.CSPMiddleware",
    "newsroom.web.permissions_policy.permissions_policy_middleware",
    "newsroom.observability.endpoint.metrics_middleware",
    "newsroom.web.trusted_proxies.trusted_proxy_middleware",
    "newsroom.web.security.SecurityMiddleware",
    "newsroom.web.compression.CompressionMiddleware",
    "newsroom.web.cross_origin.cross_origin_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsroom.web.session_activity.session_activity_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "newsroom.web.body_limits.body_limit_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
SILENCED_SYSTEM_CHECKS = ["security.W001"]  # it looks for Django's own class, which ours extends

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
AUTH_USER_MODEL = "editorial.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [data_dir.ROOT / "editorial" / "templates"],  # before the theme's, which they override
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"newsroom": "editorial.admin.framework.tags"},
        },
    },
]

# The first hashes; hashes of the others are replaced at the next sign-in.
PASSWORD_HASHERS = [
    "newsroom.password_hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "editorial.workflow.people.password_words.NewsroomWordsValidator"},
    {"NAME": "editorial.workflow.people.breached_passwords.BreachedPasswordValidator"},
]
# How long a password works that an administrator chose for somebody else.
TEMPORARY_PASSWORD_TTL = timedelta(hours=env.int("TEMPORARY_PASSWORD_HOURS", default=72))
# Further words that do not make a password strong: titles, places, products of this newsroom.
PASSWORD_WORDS = env.list("PASSWORD_WORDS", default=[])
# A file of SHA-1 digests of breached passwords, sorted, one a line. Empty: passwords are not compared with any.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# --- PostgreSQL: the source of truth -------------------------------------------------------------------------------

# The application may not change what it has recorded; the owner of the tables could (newsroom/database_roles.py).
DATABASE_APPLICATION_ROLE: str = env.db_url_config(DATABASE_URL)["USER"]
DATABASE_OWNER_ROLE: str = env.db_url_config(DATABASE_OWNER_URL)["USER"] if DATABASE_OWNER_URL else ""
# Web processes only (decision 0060): PgBouncer in transaction mode, and a replica that lists and exports are read from.
_IS_WEB = env.bool("NEWSROOM_WEB", default=False)
DATABASE_POOL_URL = env.str("DATABASE_POOL_URL", default="") if _IS_WEB else ""
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", default="") if _IS_WEB else ""
DATABASES = {
    "default": {
        **env.db_url_config(
            DATABASE_OWNER_URL if AS_OWNER and DATABASE_OWNER_URL else DATABASE_POOL_URL or DATABASE_URL
        ),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.str("TEST_DATABASE_NAME", default="test_newsroom")},
    }
}
# Time limits (milliseconds) for a statement, a lock and an idle transaction; and how soon (seconds) each side drops a
# peer that disappeared without closing the connection. Otherwise a request would wait 15 minutes for a lost server, and
# locks of a lost client would remain.
DATABASE_LIMITS = {
    "statement_timeout": 30_000,
    "lock_timeout": 10_000,
    "idle_in_transaction_session_timeout": 60_000,
    # Not a limit: how much dearer a random block is than the next one. PostgreSQL's own figure, 4, is for spinning
    # disks; with it, whole tables are read where an index would do.
    "random_page_cost": 1.1,
    "client_connection_check_interval": 5_000,
    "tcp_user_timeout": 15_000,
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    **DATABASES["default"].get("OPTIONS", {}),
    "options": " ".join(f"-c {name}={value}" for name, value in DATABASE_LIMITS.items()),
}
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = {**DATABASES["default"], **env.db_url_config(DATABASE_REPLICA_URL)}
    DATABASES["replica"]["OPTIONS"] = {**DATABASES["default"]["OPTIONS"], "connect_timeout": 2}
    DATABASE_ROUTERS = ["editorial.replica.Router"]
if DATABASE_POOL_URL:
    # The pooler sets the limits of its own connections (deploy/pgbouncer.ini); it accepts none from its clients.
    del DATABASES["default"]["OPTIONS"]["options"]
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # a cursor would stay on another client's connection

# --- Redis: wake-ups and cache, never the only copy of anything ----------------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", default=REDIS_URL),
        "KEY_PREFIX": "newsroom",
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},  # nothing in it is worth waiting for
    }
}
SESSION_ENGINE = "newsroom.web.sessions"

# Seconds until a silent worker loses its jobs, and until a dispatched message that no worker started is sent again.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=60)
OUTBOX_REDISPATCH_SECONDS = env.int("OUTBOX_REDISPATCH_SECONDS", default=30)
OUTBOX_RETENTION_DAYS = env.int("OUTBOX_RETENTION_DAYS", default=30)  # for jobs that are done
# Seconds for the first attempt at an internal job. Jobs that take longer or fail in any other way are retried in
# quarantine: a separate queue and worker, where they delay no others (decision 0018).
OUTBOX_FIRST_ATTEMPT_TIMEOUT = env.int("OUTBOX_FIRST_ATTEMPT_TIMEOUT", default=5)
OUTBOX_QUARANTINE = "newsroom.quarantine"
# Jobs that call others have a queue and worker as well, and each receiver only a part of it (decision 0055).
OUTBOX_EXTERNAL = "newsroom.external"
EXTERNAL_CALL_SECONDS = OUTBOX_LEASE_SECONDS / 3  # for a whole call; no time limit of Celery's ends a thread
EXTERNAL_CONCURRENCY_PER_RECEIVER = env.int("EXTERNAL_CONCURRENCY_PER_RECEIVER", default=2)
# Memory limit of a job in MB; beyond it, the job fails with MemoryError. 0: no limit.
WORKER_MEMORY_MB = env.int("WORKER_MEMORY_MB", default=512)

# Seconds between integrity checks, and hours until administrators are reminded of an unresolved dead letter.
INTEGRITY_CHECK_SECONDS = env.int("INTEGRITY_CHECK_SECONDS", default=15)
DEAD_LETTER_ALERT_HOURS = env.int("DEAD_LETTER_ALERT_HOURS", default=4)

# Signed heads of the record: their folder, the address that gets a copy of each, and the seconds between two.
AUDIT_HEADS = Path(env.str("AUDIT_HEADS", default=str(DATA / "audit-heads")))
AUDIT_HEADS_URL = env.str("AUDIT_HEADS_URL", default="")
AUDIT_HEAD_SECONDS = env.int("AUDIT_HEAD_SECONDS", default=3600)

CELERY_BROKER_URL = local.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be unavailable for any length of time
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 5,  # a worker notices a silently lost Redis within eleven seconds
}
CELERY_TASK_DEFAULT_QUEUE = "newsroom"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# The outbox row decides whether a lost job runs again, not the broker.
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = False
# Both below the lease: a job that takes too long is ended before another worker takes it over.
CELERY_TASK_SOFT_TIME_LIMIT = OUTBOX_LEASE_SECONDS * 2 // 3
CELERY_TASK_TIME_LIMIT = OUTBOX_LEASE_SECONDS * 5 // 6
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2 if EMBEDDED else 4)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # jobs need PostgreSQL, not Redis
CELERY_DB_REUSE_MAX = 1_000_000  # jobs; `newsroom.celery_worker.limits` closes old and broken connections
CELERY_WORKER_LOST_WAIT = 0.5  # seconds; short, since the outbox row decides about the jobs of a dead process
CELERY_WORKER_CONSUMER = "newsroom.celery_worker.broker_watchdog:ReconnectingConsumer"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "newsroom.beat:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A tick that no worker took in time is useless; the next one does its work. The limit exceeds the clock skew of
    # two hosts, or a worker would discard every tick of the other host as expired.
    "run-due-work": {
        "task": "editorial.tasks.run_due",
        "schedule": 2.0,
        "options": {"expires": 300},
    },
    "check-integrity": {
        "task": "editorial.tasks.check_integrity",
        "schedule": float(INTEGRITY_CHECK_SECONDS),
        "options": {"expires": 300},
    },
    # Every minute: sign a head if one is due, and post those that the receiver has not accepted.
    "sign-audit-head": {
        "task": "editorial.tasks.sign_audit_head",
        "schedule": 60.0,
        "options": {"expires": 300},
    },
    "send-audit-heads": {
        "task": "editorial.tasks.send_audit_heads",
        "schedule": 60.0,
        "options": {"expires": 300, "queue": OUTBOX_EXTERNAL},
    },
    "dispatch-outbox-fallback": {
        "task": "editorial.tasks.dispatch",
        "schedule": 1.0,
        "options": {"expires": 300},
    },
}

# --- API -----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "editorial.api.framework.authentication.TokenAuthentication",
        "editorial.api.framework.authentication.AdminSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["editorial.api.framework.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "editorial.api.framework.negotiation.ContentNegotiation",
    "DEFAULT_PAGINATION_CLASS": "editorial.api.framework.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "editorial.api.openapi.schema.OperationSchema",
    "EXCEPTION_HANDLER": "editorial.api.framework.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # only `Accept` selects the format
    "DEFAULT_THROTTLE_CLASSES": ["editorial.api.framework.throttling.CallerThrottle"],
}
# Origins whose pages may call the API with a token, such as https://cms.example.org. Empty: none.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
# Requests per minute for one token (or session) and for one IP address; a search counts as five. 0: no limit.
RATE_LIMIT_PER_TOKEN = env.int("RATE_LIMIT_PER_TOKEN", default=1200)
RATE_LIMIT_PER_IP = env.int("RATE_LIMIT_PER_IP", default=6000)
# Attempts to compare an identity with those in the vault, in 24 hours: of a person, of a desk, and the number of a
# person's attempts, refused ones included, that locks their matching until an administrator lifts the lock.
MATCHING_PER_PERSON = env.int("MATCHING_PER_PERSON", default=20)
MATCHING_PER_DESK = env.int("MATCHING_PER_DESK", default=100)
MATCHING_ALERT = env.int("MATCHING_ALERT", default=40)
# Hours to keep the response to a write with an Idempotency-Key.
IDEMPOTENCY_HOURS = env.int("IDEMPOTENCY_HOURS", default=24)
SPECTACULAR_SETTINGS = {
    "TITLE": "Newsroom",
    "DESCRIPTION": (
        "Editorial verification: claims, the evidence for them, review tasks, "
        "and the gate that decides which stories may run."
    ),
    "VERSION": "1",
    "CONTACT": {"name": "The administrators of your newsroom"},
    "LICENSE": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "The newsroom that serves this description."}],
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_SUFFIX": "",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "editorial.api.openapi.hooks.describe_tags_and_enums",
        "editorial.api.openapi.hooks.reference_enums",
        "editorial.api.openapi.hooks.simplify_null",
        "editorial.api.openapi.hooks.drop_files_from_json",
        "editorial.api.openapi.hooks.describe_json_lines",
        "editorial.api.openapi.scopes.add_scopes",
        "editorial.api.openapi.hooks.share_headers",
        "editorial.api.openapi.errors.add_error_responses",
        "editorial.api.openapi.links.add_links",
        "editorial.api.openapi.examples.add_examples",
        "editorial.api.openapi.webhooks.add_webhooks",
    ],
    # Each enum has one name in the schema, wherever it is used.
    "ENUM_NAME_OVERRIDES": {
        name: f"editorial.policy.{module}.{name}.choices"
        for module, names in {
            "vocabulary": (
                "Authenticity Basis BenefitsIf ClaimKind Directness EmailedCommentState FindingValue Gate Inducement "
                "Join ObtainedBy ReceivedAnswerState Reliability RemedyKind ReplyOutcome Requirement RestrictionKind "
                "Risk SourceType Stance SearchedType TaskKind TaskQueue TaskState Terms Translation"
            ),
            "publication.transitions": "SignoffKind SignoffState StoryStatus",
            "publication.wire_items": "WireItemCode PubStatus",
            "roles": "NotificationKind Role Scope",
            "actions": "Action",
            "imports": "ImportKind ImportState RowState",
            "people.account_changes": "AccountChangeKind AccountChangeState",
        }.items()
        for name in names.split()
    }
    | {  # names that would say too little in a generated client
        "AnyGateCode": "editorial.policy.publication.wire_items.GATE_CODES",
        "ClaimUseCode": "editorial.policy.vocabulary.Code.choices",
        "DeliveryState": "editorial.models.ops.deliveries.DeliveryState.choices",
        "DiffLineChange": ["added", "removed", "unchanged"],
        "EmailTiming": "editorial.models.EmailTiming.choices",
        "NotCountedCode": "editorial.policy.review.weights.NotCounted.choices",
        "StatementEnding": "editorial.policy.vocabulary.Ending.choices",
        "UseMode": "editorial.policy.vocabulary.Mode.choices",
    },
}

# --- Authentication ------------------------------------------------------------------------------------------------

# Number of proxies in front of the web process; only that many forwarded addresses are trusted.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0 if EMBEDDED else 1)
# Default lifetime of a token, and the longest allowed.
TOKEN_TTL = timedelta(hours=env.int("TOKEN_TTL_HOURS", default=10))
TOKEN_MAX_TTL = timedelta(days=env.int("TOKEN_MAX_DAYS", default=365))
# Holders of these roles must set up a second factor first. By default none in the embedded newsroom.
SECOND_FACTOR_ROLES = env.list(
    "SECOND_FACTOR_ROLES", default=[] if EMBEDDED else ["admin", "custodian", "senior_editor", "standards_editor"]
)
# How long after approval a change to an account that can open the vault, sign or publish takes effect.
ACCOUNT_CHANGE_DELAY = timedelta(hours=env.int("ACCOUNT_CHANGE_DELAY_HOURS", default=24))
SECOND_FACTOR_ISSUER = "Newsroom"  # as shown in the authenticator app

# Single sign-on (OpenID Connect); off if one of the first three is empty.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").strip()
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="").strip()
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="").strip()
OIDC_NAME = env.str("OIDC_NAME", default="single sign-on")  # as shown on the button
OIDC_SCOPES = env.str("OIDC_SCOPES", default="openid email profile")
# The claims with a new account's username and a person's groups; and the roles of each group, as JSON.
OIDC_USERNAME_CLAIM = env.str("OIDC_USERNAME_CLAIM", default="preferred_username")
OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", default="groups")
OIDC_ROLES = env.json("OIDC_ROLES", default={})
# Treat every email address of the provider as verified; link an existing account by a verified address.
OIDC_TRUST_EMAIL = env.bool("OIDC_TRUST_EMAIL", default=False)
OIDC_LINK_BY_EMAIL = env.bool("OIDC_LINK_BY_EMAIL", default=False)
# Values of `amr` and `acr` that replace the newsroom's own second factor at sign-in.
OIDC_SECOND_FACTOR_AMR = env.list("OIDC_SECOND_FACTOR_AMR", default=[])
OIDC_SECOND_FACTOR_ACR = env.list("OIDC_SECOND_FACTOR_ACR", default=[])
# Whether users with a linked account may also sign in with a password.
OIDC_PASSWORDS = env.bool("OIDC_PASSWORDS", default=False)

# --- Files, email, history -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA / "static")))
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA / "exhibits")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Maximum size of an exhibit in bytes.
EXHIBIT_MAX_BYTES = env.int("EXHIBIT_MAX_BYTES", default=25 * 1024 * 1024)
# Limits of one import: bytes of a sheet, a feed or a page, and rows of a sheet.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=5 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=5_000)
# Seconds in which a fetched feed or page must be parsed.
IMPORT_PARSE_SECONDS = env.float("IMPORT_PARSE_SECONDS", default=15.0)
# Allow importing feeds and pages from private addresses; these may also use plain HTTP.
IMPORTS_ALLOW_PRIVATE_HOSTS = env.bool("IMPORTS_ALLOW_PRIVATE_HOSTS", default=False)
# The hosts, with their subdomains, from which users may import and to which webhooks and chat go. Empty: any public.
OUTGOING_HOSTS = [host.strip().lower() for host in env.list("OUTGOING_HOSTS", default=[])]
# Limits of a request body in bytes: before sign-in, JSON, and JSON that carries an exhibit or an import. The last
# one also applies to forms of the admin.
ANONYMOUS_MAX_BYTES = env.int("ANONYMOUS_MAX_BYTES", default=64 * 1024)
JSON_MAX_BYTES = env.int("JSON_MAX_BYTES", default=4 * 1024 * 1024)
# Seconds in which a client must send a complete head, and a body in addition to the time it needs at 16 KiB a second.
REQUEST_HEAD_SECONDS = env.float("REQUEST_HEAD_SECONDS", default=20.0)
REQUEST_BODY_SECONDS = env.float("REQUEST_BODY_SECONDS", default=30.0)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

if EMBEDDED and "EMAIL_URL" not in env.ENVIRON:
    # No mail server in an embedded newsroom: emails are written to files.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA / "mail")
else:
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="newsroom@localhost")
EMAIL_TIMEOUT = 15
# Pages that show the email and webhooks of a development newsroom: with the demo's people, on this machine only.
_DEVELOPMENT = (
    EMBEDDED and "EMAIL_URL" not in env.ENVIRON and env.str("BIND", default="127.0.0.1") in ("127.0.0.1", "localhost")
)
DEVELOPMENT_PAGES = _DEVELOPMENT and (DATA / "demo.txt").exists()
# The one private address that webhooks may always reach there.
DEVELOPMENT_WEBHOOK_URL = (
    f"http://127.0.0.1:{env.str('PORT', default='8000')}/admin/development/webhooks/receive/" if _DEVELOPMENT else ""
)
# Answers by email: the domain of the addresses of requests for comment and of emails to members, and where its email is
# collected: a maildir or an IMAP mailbox (imaps://USER@HOST[:PORT][/FOLDER]). Without a domain, they have no address.
INBOUND_MAIL_DOMAIN = env.str("INBOUND_MAIL_DOMAIN", default="reply.localhost" if DEVELOPMENT_PAGES else "").lower()
INBOUND_MAILDIR = env.str("INBOUND_MAILDIR", default=str(DATA / "inbound-mail") if DEVELOPMENT_PAGES else "")
INBOUND_MAIL_IMAP_URL = env.str("INBOUND_MAIL_IMAP_URL", default="")
INBOUND_MAIL_IMAP_PASSWORD = env.str("INBOUND_MAIL_IMAP_PASSWORD", default="")
# Seconds between two collections of the mailbox, the most bytes read of a message, and how long an address works.
INBOUND_MAIL_SECONDS = env.int("INBOUND_MAIL_SECONDS", default=5 if DEVELOPMENT_PAGES else 60)
INBOUND_MAIL_MAX_BYTES = env.int("INBOUND_MAIL_MAX_BYTES", default=10 * 1024 * 1024)
INBOUND_ADDRESS_TTL = timedelta(days=env.int("INBOUND_ADDRESS_DAYS", default=180))
# Allow webhooks and chat to private addresses. Risky: such requests reach internal services.
WEBHOOKS_ALLOW_PRIVATE_HOSTS = env.bool("WEBHOOKS_ALLOW_PRIVATE_HOSTS", default=False)

# Deletions of links (a relay, an adverse party) are history too.
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_APPEND_ONLY = True
# Columns of the history have no indexes of their own (decision 0059), except the one that names the row.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# --- Security ------------------------------------------------------------------------------------------------------

# A browser accepts a cookie with this prefix from this host only, over TLS, and returns it to no other host.
_COOKIE_PREFIX = "" if EMBEDDED else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
MESSAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}messages"
DEVICE_COOKIE_NAME = f"{_COOKIE_PREFIX}newsroom_device"
OIDC_COOKIE_NAME = f"{_COOKIE_PREFIX}newsroom_oidc"
MESSAGE_STORAGE = "newsroom.web.messages.MessageStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
# How long a session lasts without a request. 0: as long as any session.
SESSION_IDLE = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=60)) or timedelta(seconds=SESSION_COOKIE_AGE)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Every response: only scripts with its nonce run; no inline style or event handler, no eval (decision 0039).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
if not EMBEDDED:
    # The embedded newsroom speaks plain HTTP on this machine; a served one is behind TLS.
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- Observability: metrics, and logs without content --------------------------------------------------------------

# Token for /metrics; without one, only this machine may read them.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Port on which a worker machine without a web process serves its metrics. 0: none.
METRICS_PORT = env.int("METRICS_PORT", default=0)
METRICS_BIND = env.str("METRICS_BIND", default="127.0.0.1")
# Seconds from which a request is logged as slow.
SLOW_REQUEST_SECONDS = env.float("SLOW_REQUEST_SECONDS", default=2.0)

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        log_format.add_user,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOG_JSON = env.bool("LOG_JSON", default=not EMBEDDED)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "events": {
            "()": "newsroom.observability.log_format.formatter",
            "as_json": LOG_JSON,
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Query parameters are content; they are not logged at any level.
        "django.db.backends": {"level": "WARNING"},
        # Requests and jobs have log lines of our own (newsroom.web.request_ids, editorial.operations.job_logging).
        "django.request": {"level": "CRITICAL"},
        "celery.app.trace": {"level": "CRITICAL"},
        "waitress": {"level": "CRITICAL"},  # its messages quote paths; failures are logged by newsroom.web.server
        "gunicorn.error": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
        "fido2": {"level": "WARNING"},  # it logs the ids of passkeys
        "apprise": {"level": "CRITICAL"},  # it logs parts of URLs that contain passwords
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # A line per dispatched message would drown those of the jobs.
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

# --- Admin theme ---------------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Newsroom",
    "SITE_HEADER": "Newsroom",
    "SITE_SUBHEADER": "What may we say?",
    "SITE_SYMBOL": "fact_check",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("editorial/icon.svg")},
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "editorial.admin.home.page.home_callback",
    "STYLES": [
        lambda request: static("editorial/theme.css"),
        lambda request: static("editorial/newsroom.css"),
    ],
    "SCRIPTS": [
        lambda request: static("editorial/newsroom.js"),
        lambda request: static("editorial/keyboard.js"),
        lambda request: static("editorial/palette.js"),
        lambda request: static("editorial/passkeys.js"),
    ],
    "COLORS": {},  # in theme.css: the theme would write them into each page as an inline style
    "SIDEBAR": {"show_search": False, "navigation": "editorial.admin.navigation.sections"},
    "ACCOUNT": {"navigation": "editorial.admin.navigation.account_links"},
}
