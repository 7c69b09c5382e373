"""Every test runs on real servers: PostgreSQL and Redis are started once per run and gone at its end."""

import os
from pathlib import Path

import pytest

from tests import servers

DATA = servers.claim_folder()
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402

django.setup()

_running = pytest.StashKey[servers.Servers]()

pytest_plugins = ["tests.live", "tests.cast"]


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers while pytest still collects."""
    if not servers.WORKER:
        config.stash[_running] = servers.Servers(DATA)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them, whatever the tests did."""
    if running := config.stash.get(_running, None):
        running.stop()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The data folder of this run's servers."""
    servers.wait(DATA)
    return DATA


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, data_folder: Path, pytestconfig: pytest.Config
) -> None:
    """pytest-django asks for this before it makes the test database: it is to be a copy of the migrated one."""
    from tests import schema

    schema.make_template(data_folder, pytestconfig.cache.mkdir("newsroom"))
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = schema.TEMPLATE
    post_migrate.connect(schema.adopt_default_policy)
