"""The newsroom's settings, for a door behind which there is nothing: what a request costs at the very least."""

from newsroom.settings import *  # noqa: F403

ROOT_URLCONF = "tests.proofs.load.noop_views"
