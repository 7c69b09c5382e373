"""Every test runs on real servers: PostgreSQL and Redis are started once per run and gone at its end."""

import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.attack import ELSEWHERE
from tests.support import servers

sys.dont_write_bytecode = False  # otherwise every worker of every run would compile the tests again

DATA = servers.allocate_data_folder()
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

django.setup()
import_module(settings.ROOT_URLCONF)  # registers the pages of the admin

from newsroom.password_hashers import Argon2idHasher  # noqa: E402

PRODUCTION_NAME = connection.settings_dict["NAME"]
PBKDF2PasswordHasher.iterations = 1
Argon2idHasher.time_cost, Argon2idHasher.memory_cost = 1, 8  # passwords of tests protect nothing

# The product times out after moments; tests wait, because a busy machine is not a failure.
settings.CACHES["default"]["OPTIONS"] = {"socket_timeout": 30, "socket_connect_timeout": 30}
for _limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
    settings.DATABASES["default"]["OPTIONS"]["options"] += f" -c {_limit}=300000"

_running = pytest.StashKey[servers.Servers]()

pytest_plugins = [
    "tests.support.live",
    "tests.support.cast",
    "tests.support.people",
    "tests.support.application_role",
    "tests.support.confidential",
    "tests.support.incoming_mail",
    "tests.support.provider_sign_in",
]


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers while pytest still collects."""
    if not servers.WORKER:
        config.stash[_running] = servers.Servers(DATA)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers."""
    if running := config.stash.get(_running, None):
        running.stop()


@pytest.hookimpl(tryfirst=True)  # before `-m attack` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the attack: its own folder, and the tests elsewhere that belong to it."""
    folder, elsewhere = servers.ROOT / "tests/attack", {servers.ROOT / path for path in ELSEWHERE}
    for item in items:
        if item.path in elsewhere or folder in item.path.parents:
            item.add_marker("attack")


def pytest_collection_finish() -> None:
    """Exclude imported modules and collected tests from garbage collection: they stay until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The data folder of this run's servers."""
    servers.wait_until_ready(DATA)
    return DATA


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, data_folder: Path, pytestconfig: pytest.Config
) -> None:
    """pytest-django asks for this before it makes the test database: it is to be a copy of the migrated one."""
    from tests.support import schema

    schema.make_template(data_folder, pytestconfig.cache.mkdir("newsroom"))
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = schema.TEMPLATE
    post_migrate.connect(schema.adopt_default_policy)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django creates the test database only if a selected test uses `db`; some tests use this fixture alone."""
    if connection.settings_dict["NAME"] != PRODUCTION_NAME:
        yield
        return
    with django_db_blocker.unblock():
        created = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(created, verbosity=0)
