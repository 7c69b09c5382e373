"""The newsroom's settings with no-op views: the minimum cost of a request."""

from newsroom.settings import *  # noqa: F403

ROOT_URLCONF = "tests.proofs.load.noop_views"
